import type { Machine } from '../../models/hardware/machine.ts';
import { minimize } from '../minimize/minimize.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { DraftSource } from './bulk.ts';
import { CheckedRun, type RunOptions } from './checked-run.ts';
import { ConformanceCoverage } from './conformance-coverage.ts';
import { machines } from './conformance-machines.ts';
import { BAD_CALLS, type DraftKind, operationOf } from './draft.ts';
import { Difference, LockstepSubject } from './lockstep.ts';
import { Roster } from './roster.ts';

/** What holding two subjects against each other gave. */
export interface Conformance {
  /** What was run, up to the difference and with it. */
  readonly coverage: ConformanceCoverage;
  /** A scenario in which they differ, and how. */
  readonly difference: { readonly scenario: Scenario; readonly detail: string } | null;
}

/** What to run. */
export interface ConformanceOptions {
  /** How many operations, all machines together. */
  readonly operations: number;
  readonly seed: number;
  /** Fields of every machine that do not vary. */
  readonly machine: Partial<Machine>;
  /** Whether to make a scenario that differs as small as possible; else it stays as generated. */
  readonly shrink: boolean;
  /** Called now and then with the operations done so far. */
  readonly onProgress?: (operations: number) => void;
}

/** Operations on one machine at most; one that dies, or is misused, takes no more. */
const OPERATIONS_PER_MACHINE = 500;

/** Calls after which nothing is lazy any more: vfree() purges if it has permissions to reset. */
const PURGING: readonly DraftKind[] = ['vm_unmap_aliases', 'set_memory_ro', 'vmalloc'];

/**
 * What the machines are told to do, in turn: a small one everything, calls that no caller may make
 * among it; a real one all that is allowed, and so a small one; a real one what lets lazy pages
 * pile up until the limit of a real machine is passed.
 */
function draftSources(seed: number): readonly DraftSource[] {
  const isLegal = (kind: DraftKind): boolean => !BAD_CALLS.some((bad) => bad === kind);
  const legal = new DraftSource(seed, isLegal);
  const lazy = new DraftSource(seed, (kind) => isLegal(kind) && !PURGING.includes(kind));
  return [new DraftSource(seed), legal, legal, lazy];
}

const LOCKSTEP: RunOptions = { tlb: 'fast', stateInterval: 1 };

/**
 * Runs the same random operations on two subjects and stops at the first difference.
 */
export function conformance(
  first: Subject,
  second: Subject,
  { operations, seed, machine, shrink, onProgress }: ConformanceOptions,
): Conformance {
  const both = new LockstepSubject(first, second);
  const sources = draftSources(seed);
  const coverage = new ConformanceCoverage();
  for (const next of machines(seed, machine)) {
    if (coverage.total >= operations) break;
    const drafts = sources[coverage.machines % sources.length] ?? new DraftSource(seed);
    const most = Math.min(OPERATIONS_PER_MACHINE, operations - coverage.total);
    const { executed, detail } = runMachine(both, next, drafts, most, coverage);
    onProgress?.(coverage.total);
    if (detail === null) continue;
    const tasks = [{ cpu: next.onlineCpus[0] ?? 0, operations: executed }];
    const scenario = { machine: next, tasks };
    const difference = shrink ? smallest(both, scenario, detail) : { scenario, detail };
    return { coverage, difference };
  }
  return { coverage, difference: null };
}

/** Runs random operations on one machine, at most so many. */
function runMachine(
  both: Subject,
  machine: Machine,
  drafts: DraftSource,
  most: number,
  coverage: ConformanceCoverage,
): { readonly executed: Operation[]; readonly detail: string | null } {
  const run = new CheckedRun(both, machine, [], LOCKSTEP);
  const roster = new Roster();
  const executed: Operation[] = [];
  const detail = differenceOf(run, () => {
    for (let tries = 0; tries < 2 * most && executed.length < most && !run.ended; tries++) {
      const operation = operationOf(drafts.next(), run, roster);
      if (operation === null) continue;
      executed.push(operation);
      const step = run.step(operation);
      roster.note(run, operation, step);
      coverage.addStep(step, operation.kind);
      coverage.addOutcome(step);
    }
  });
  coverage.addMachine(machine, executed.length, run);
  return { executed, detail };
}

function smallest(both: Subject, found: Scenario, detail: string) {
  const { scenario } = minimize(
    found,
    // No kernel has a limit of no lazy pages at all: v6.9 and later divide by it.
    (smaller) => smaller.machine.lazyMaxPages > 0 && differenceIn(both, smaller) !== null,
  );
  return { scenario, detail: differenceIn(both, scenario) ?? detail };
}

/** How two subjects differ in a scenario of one task, null if they do not. */
export function differenceBetween(
  first: Subject,
  second: Subject,
  scenario: Scenario,
): string | null {
  return differenceIn(new LockstepSubject(first, second), scenario);
}

function differenceIn(both: Subject, { machine, tasks }: Scenario): string | null {
  const run = new CheckedRun(both, machine, [], LOCKSTEP);
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
