import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN, type Machine } from '../../../models/hardware/machine.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { draftArbitrary, machineArbitrary } from '../../../src/explore/arbitraries.ts';
import { CheckedRun, type Step } from '../../../src/explore/checked-run.ts';
import { operationOf } from '../../../src/explore/draft.ts';
import { Roster } from '../../../src/explore/roster.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import type { KernelState } from '../../../src/subject/port.ts';
import { EventLog } from './bench.ts';

interface Observed {
  readonly step: Step;
  readonly events: readonly string[];
  readonly count: number;
  readonly stale: number | undefined;
  readonly state: KernelState | null;
}

/** A run without properties that writes down what happens to the hardware. */
class LoggedRun {
  readonly run: CheckedRun;
  readonly log = new EventLog();

  constructor(policy: Policy, machine: Machine, stepped: boolean) {
    this.run = new CheckedRun(
      new PolicySubject(policy.name, kernelOf(policy), stepped),
      machine,
      [],
    );
    this.run.monitor.listener = this.log;
  }

  /** What an operation did, as far as anybody can tell from outside. */
  observe(operation: Operation): Observed {
    const step = this.run.step(operation);
    const { monitor, session } = this.run;
    return {
      step,
      events: this.log.take(),
      count: monitor.events,
      stale: session.staleTlb()?.countStale(LOWEST_VPN, HIGHEST_VPN),
      // A machine that died is in the middle of something.
      state: this.run.ended ? null : structuredClone(session.inspect()),
    };
  }
}

const drafts = fc.array(draftArbitrary(), { maxLength: 60, size: 'max' });

const cases = policies.map((policy, index) => [policy.name, policy, index] as const);

describe.each(cases)('%s', (_name, policy, index) => {
  // Other programs for each policy: most of what runs is the same for all of them.
  test.prop([machineArbitrary({}), drafts], { seed: 1 + index, numRuns: 8 })(
    'stopping at every scheduling point, alone, does what a straight run does',
    (machine, list) => {
      const straight = new LoggedRun(policy, machine, false);
      const stepped = new LoggedRun(policy, machine, true);
      const roster = new Roster();
      for (const draft of list) {
        const operation = operationOf(draft, straight.run, roster);
        if (operation === null) continue;
        const observed = straight.observe(operation);
        expect(stepped.observe(operation)).toEqual(observed);
        roster.note(straight.run, operation, observed.step);
      }
    },
  );
});
