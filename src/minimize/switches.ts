import type { Property } from '../../properties/property.ts';
import type { Schedule } from '../explore/explorer.ts';
import { InterleavedRun } from '../explore/interleaved-run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';

/** A task, and how many steps it takes before another one does: at most, if it has to wait. */
export type Stint = readonly [task: number, steps: number];

/** A schedule as stints, and what it gave. */
interface Attempt {
  readonly stints: readonly Stint[];
  readonly schedule: Schedule;
  readonly preemptions: number;
  readonly violates: boolean;
}

/**
 * A schedule with the fewest context switches that can be had from this one: stints are left out,
 * made one with others, and cut as short as they can be, so that what opens the window for a race
 * is the last thing done before the switch. Deterministic; violates as `schedule` does.
 */
export function fewestSwitches(
  subject: Subject,
  scenario: Scenario,
  schedule: Schedule,
  property: Property,
): Schedule {
  const attempt = (stints: readonly Stint[]): Attempt =>
    runStints(subject, scenario, stints, property);
  let best = attempt(stintsOf(schedule));
  if (!best.violates) return schedule;
  for (let better: Attempt | null = best; better !== null; ) {
    best = better;
    better = firstBetter(best, attempt);
  }
  return best.schedule;
}

/** How many switches of a schedule leave a task that could have gone on. */
export function preemptionsOf(subject: Subject, scenario: Scenario, schedule: Schedule): number {
  return runStints(subject, scenario, stintsOf(schedule), null).preemptions;
}

/** Whether a schedule, to its end, violates the property. */
export function violatesBy(
  subject: Subject,
  scenario: Scenario,
  schedule: Schedule,
  property: Property,
): boolean {
  return runStints(subject, scenario, stintsOf(schedule), property).violates;
}

/** The first change of a schedule that violates with less. */
function firstBetter(
  best: Attempt,
  attempt: (stints: readonly Stint[]) => Attempt,
): Attempt | null {
  for (const stints of simpler(best.stints)) {
    const next = attempt(stints);
    if (next.violates && compare(next, best) < 0) return next;
  }
  return null;
}

function* simpler(stints: readonly Stint[]): Generator<readonly Stint[]> {
  for (const gone of stints.keys()) yield stints.toSpliced(gone, 1);
  for (const [at, [task, steps]] of stints.entries()) {
    const later = stints.findIndex(([other], index) => index > at && other === task);
    const taken = stints[later]?.[1];
    if (taken === undefined) continue;
    yield stints.toSpliced(later, 1).with(at, [task, steps + taken]);
    yield stints.with(later, [task, steps + taken]).toSpliced(at, 1);
  }
  for (const [at, [task, steps]] of stints.entries()) {
    for (const fewer of fewerSteps(steps)) yield stints.with(at, [task, fewer]);
  }
}

/** Up to this many steps, every smaller number is tried. A task that does not end takes more. */
const FEW_STEPS = 256;

/** Smaller numbers of steps, the smallest first: each, then twice as many, then twice that, ... */
function fewerSteps(steps: number): number[] {
  const fewer: number[] = [];
  for (let n = 1; n < steps; n = n < FEW_STEPS ? n + 1 : 2 * n) fewer.push(n);
  return fewer;
}

/** Fewer preemptions, then fewer stints, then an earlier end of the first, the second, ... */
function compare(a: Attempt, b: Attempt): number {
  const difference = a.preemptions - b.preemptions || a.stints.length - b.stints.length;
  if (difference !== 0) return difference;
  for (const [index, [, steps]] of a.stints.entries()) {
    const other = b.stints[index]?.[1] ?? 0;
    if (steps !== other) return steps - other;
  }
  return 0;
}

/**
 * Runs stints in order, each as far as its task can go; then whatever can go on, without a switch
 * that is not needed. Ends at the violation; without a property, with the stints.
 */
function runStints(
  subject: Subject,
  scenario: Scenario,
  stints: readonly Stint[],
  property: Property | null,
): Attempt {
  const run = new InterleavedRun(subject, scenario, property === null ? [] : [property]);
  const schedule: number[] = [];
  const enabled: number[] = [];
  let preemptions = 0;
  const step = (task: number): void => {
    const last = schedule.at(-1);
    if (last !== undefined && last !== task && enabled.includes(last)) preemptions++;
    schedule.push(task);
    run.step(task);
  };
  const goesOn = (): boolean => run.violations.length === 0 && run.enabled(enabled).length > 0;
  for (const [task, steps] of stints) {
    for (let n = 0; n < steps && goesOn() && enabled.includes(task); n++) step(task);
  }
  while (property !== null && goesOn()) {
    const last = schedule.at(-1) ?? -1;
    step(enabled.includes(last) ? last : (enabled[0] ?? 0));
  }
  return {
    stints: stintsOf(schedule),
    schedule,
    preemptions,
    violates: run.violations.length > 0,
  };
}

function stintsOf(schedule: Schedule): Stint[] {
  const stints: [task: number, steps: number][] = [];
  for (const task of schedule) {
    const last = stints.at(-1);
    if (last?.[0] === task) last[1]++;
    else stints.push([task, 1]);
  }
  return stints;
}
