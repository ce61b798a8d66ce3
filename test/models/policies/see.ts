import { mail1 } from '../../../models/policies/mail1.ts';
import { mail2 } from '../../../models/policies/mail2.ts';
import { mail3 } from '../../../models/policies/mail3.ts';
import { mail4 } from '../../../models/policies/mail4.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { v6_1 } from '../../../models/policies/v6.1.ts';
import { v6_4 } from '../../../models/policies/v6.4.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';
import { properties } from '../../../properties/index.ts';
import type { Property } from '../../../properties/property.ts';
import type { Step } from '../../../src/explore/checked-run.ts';
import { runScenario } from '../../../src/explore/run-scenario.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';

/** What is to be seen of a scenario on a policy. */
interface Seen {
  readonly violated: readonly string[];
  /** Every range flushed, in order. */
  readonly flushes: readonly string[];
  /** How many calls flushed them. */
  readonly calls: number;
  /** Blocks that were made. */
  readonly blocks: number;
  readonly steps: readonly Step[];
}

export function policyNamed(name: string): Policy {
  const policies = [v6_1, v6_4, v6_5, ...mail1, ...mail2, ...mail3, ...mail4];
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  return policy;
}

/** Runs a case, given as text, on a policy. */
export function see(policyName: string, text: string): Seen {
  const flushes: string[] = [];
  const steps: Step[] = [];
  const recorder: Property = {
    name: 'recorder',
    kind: 'economy',
    invariant: '',
    prose: '',
    source: '',
    interleaved: 'never',
    underConcurrency: '',
    watch: ({ ledger }) => ({
      flushAsked(start, end) {
        const dirty = ledger.tlb.countStale(start, end);
        flushes.push(`${end - start} pages at ${start}, ${dirty} dirty`);
      },
    }),
  };
  const { violations, run } = runScenario(
    new PolicySubject(policyName, kernelOf(policyNamed(policyName))),
    parseCase(text).scenario,
    [...properties, recorder],
    { booted: () => {}, stepped: (_operation, step) => steps.push(step) },
  );
  const passed = run.session.tracepoints();
  return {
    violated: violations.map(({ property }) => property.name).sort(),
    flushes,
    calls: (passed.get('flush_tlb_kernel_range') ?? 0) + (passed.get('flush_tlb_kernel_vas') ?? 0),
    blocks: passed.get('new_vmap_block') ?? 0,
    steps,
  };
}

/** A case for one task on cpu0; the operations are separated by `;`. */
export function caseOf(machine: string, operations: string): string {
  const head = ['vmapcheck case 1', `machine ${machine}`, 'task on cpu0'];
  return [...head, ...operations.split(';'), 'end'].join('\n');
}
