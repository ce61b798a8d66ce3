import type { InterleavingTrace } from '../report/interleaving-trace.ts';
import type { Told } from '../report/told.ts';
import type { Trace } from '../report/trace.ts';
import { printCase } from '../scenario/case-print.ts';
import { preemptionsIn } from '../scenario/schedule.ts';

/** A case that has run as `--json` shows it. */
export function toldDocument({ one, execution, explanation, differences }: Told) {
  const { kind, trace } = execution;
  return {
    case: printCase(one),
    ...(kind === 'sequential' ? traceDocument(trace) : interleavingDocument(trace)),
    why: explanation?.why ?? [],
    without: explanation?.without ?? [],
    differences,
  };
}

function traceDocument({ policy, properties, steps, violations }: Trace) {
  return {
    policy,
    verdicts: properties.map(({ name }) => {
      const found = violations.find(({ property }) => property.name === name);
      if (found === undefined) return { property: name, verdict: 'holds' };
      const operation =
        1 + steps.findIndex((step) => step.violations.some((one) => one.property.name === name));
      return { property: name, verdict: 'violated', operation, detail: found.detail };
    }),
    steps: steps.map(({ violations: _, ...step }) => step),
  };
}

function interleavingDocument(trace: InterleavingTrace) {
  const { policy, properties, columns, stretches, turns, violations } = trace;
  return {
    policy,
    verdicts: properties.map(({ name }) => {
      const found = violations.find(({ property }) => property.name === name);
      if (found === undefined) return { property: name, verdict: 'holds' };
      return { property: name, verdict: 'violated', detail: found.detail };
    }),
    preemptions: preemptionsIn(turns),
    schedule: turns,
    tasks: columns.map(({ title }) => title),
    stretches: stretches.map(({ violations: found, ...stretch }) => ({
      ...stretch,
      violated: found.map(({ property }) => property.name),
    })),
  };
}
