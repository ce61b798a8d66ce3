import { clash, meet, type Touched } from '../../models/kernel/footprint.ts';

/**
 * For each task, how many of the steps of the run, from its start to the task's last one that had
 * to be taken before.
 */
export type Clock = number[];

/** One step of a run. Its depth is the number of steps before it. */
export interface Happening {
  readonly task: number;
  readonly touched: Touched | null;
  readonly clock: Clock;
}

/** Whether a step had to be taken after the step of `task` at `depth`. */
export function isAfter(clock: Clock, task: number, depth: number): boolean {
  return (clock[task] ?? 0) > depth;
}

/** The clock of what follows a step immediately; of what follows nothing if there is none. */
export function follows(steps: readonly Happening[], depth: number | undefined): Clock {
  return depth === undefined ? [] : (steps[depth]?.clock.slice() ?? []);
}

/**
 * Completes the clock of a step, which knows so far what its task did before, and returns the
 * depths of the steps it races with, latest first: they clash with it, nothing between them and it
 * orders the two, and they could come after it.
 *
 * One step has to be taken before another if it was first and both are of one task, or they clash,
 * or it started the worker or ended the work, or through steps between them. A step that takes a
 * lock had to wait for the one that let go of it: of all the other task did with the lock, only
 * taking it could come later.
 */
export function racesOf(steps: readonly Happening[], step: Happening, depth: number): number[] {
  const races: number[] = [];
  order(steps, step, depth, Number.POSITIVE_INFINITY, races);
  return races;
}

/**
 * Completes the clock of a step as if the task that took the step at `section` had not gone on from
 * there. Returns the clock.
 */
export function orderOf(
  steps: readonly Happening[],
  step: Happening,
  depth: number,
  section: number,
): Clock {
  order(steps, step, depth, section, []);
  return step.clock;
}

function order(
  steps: readonly Happening[],
  { task, touched, clock }: Happening,
  depth: number,
  section: number,
  races: number[],
): void {
  if (touched === null) return;
  const absent = steps[section]?.task ?? -1;
  // What came before only because the task had to wait for it.
  let waited: Clock | null = null;
  for (let at = depth - 1; at >= 0; at--) {
    const before = steps[at];
    if (before === undefined || before.touched === null || before.task === task) continue;
    if (before.task === absent && at >= section) continue;
    if (isAfter(clock, before.task, at)) continue;
    const isHidden = waited !== null && isAfter(waited, before.task, at);
    if (isHidden && !meet(touched.taken, before.touched.taken)) continue;
    if (meet(touched.awaited, before.touched.ended)) {
      merge(clock, before.clock);
    } else if (clash(before.touched, touched)) {
      if (meet(touched.taken, before.touched.held)) {
        waited ??= [];
        merge(waited, before.clock);
      } else {
        races.push(at);
        merge(clock, before.clock);
      }
    }
  }
  if (waited !== null) merge(clock, waited);
  clock[task] = depth + 1;
}

function merge(clock: Clock, other: Clock): void {
  for (let task = 0; task < other.length; task++) {
    const time = other[task] ?? 0;
    if (time > (clock[task] ?? 0)) clock[task] = time;
  }
}
