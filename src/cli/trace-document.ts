import type { Trace } from '../report/trace.ts';

/** An execution as `--json` shows it. */
export function traceDocument({ policy, properties, steps, violations }: Trace) {
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
