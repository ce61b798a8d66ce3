import fc from 'fast-check';
import type { Machine } from '../../models/hardware/machine.ts';
import { minimize } from '../minimize/minimize.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { machineArbitrary } from './arbitraries.ts';
import { DraftSource } from './bulk.ts';
import { CheckedRun } from './checked-run.ts';
import { operationOf } from './draft.ts';
import { Difference, LockstepSubject } from './lockstep.ts';
import { Roster } from './roster.ts';

/** What holding two subjects against each other gave. */
export interface Conformance {
  readonly operations: number;
  /** The smallest scenario found in which they differ, and how. */
  readonly difference: { readonly scenario: Scenario; readonly detail: string } | null;
}

/** What to run. */
export interface ConformanceOptions {
  readonly machines: number;
  /** Operations on each machine at most; a machine that dies, or is misused, takes no more. */
  readonly perBoot: number;
  readonly seed: number;
  /** Fields of every machine that do not vary. */
  readonly machine: Partial<Machine>;
}

/**
 * Runs the same random operations on two subjects and stops at the first difference, which it makes
 * as small as it can.
 */
export function conformance(
  first: Subject,
  second: Subject,
  { machines, perBoot, seed, machine }: ConformanceOptions,
): Conformance {
  const both = new LockstepSubject(first, second);
  const drafts = new DraftSource(seed);
  let operations = 0;
  for (const next of fc.sample(machineArbitrary(machine), { numRuns: machines, seed })) {
    const run = new CheckedRun(both, next, [], { tlb: 'fast', stateInterval: 1 });
    const roster = new Roster();
    const executed: Operation[] = [];
    const detail = differenceOf(run, () => {
      for (let i = 0; i < perBoot && !run.ended; i++) {
        const operation = operationOf(drafts.next(), run, roster);
        if (operation === null) continue;
        executed.push(operation);
        roster.note(run, operation, run.step(operation));
      }
    });
    operations += executed.length;
    if (detail === null) continue;
    const tasks = [{ cpu: next.onlineCpus[0] ?? 0, operations: executed }];
    return { operations, difference: smallest(both, { machine: next, tasks }, detail) };
  }
  return { operations, difference: null };
}

function smallest(both: Subject, found: Scenario, detail: string) {
  const { scenario } = minimize(
    found,
    // No kernel has a limit of no lazy pages at all: v6.9 and later divide by it.
    (smaller) => smaller.machine.lazyMaxPages > 0 && differenceIn(both, smaller) !== null,
  );
  return { scenario, detail: differenceIn(both, scenario) ?? detail };
}

function differenceIn(both: Subject, { machine, tasks }: Scenario): string | null {
  const run = new CheckedRun(both, machine, [], { tlb: 'fast', stateInterval: 1 });
  return differenceOf(run, () => {
    const [task] = tasks;
    if (task === undefined) return;
    if (task.cpu !== run.cpu) run.step({ kind: 'migrate', cpu: task.cpu });
    for (const operation of task.operations) run.step(operation);
  });
}

/** The difference that running gives, null if there is none. */
function differenceOf(run: CheckedRun, steps: () => void): string | null {
  try {
    steps();
    return null;
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    // After a call that must not be made, an oops here may be silent damage there.
    return error.isOops && run.monitor.muted ? null : error.message;
  }
}
