import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { Tally } from './explore-tally.ts';
import type { Exploration, ExploreOptions, Schedule } from './explorer.ts';
import { InterleavedRun } from './interleaved-run.ts';

/**
 * Every interleaving with at most `bound` preemptions, those with fewer first, so that the first
 * violation found needs as few as any. Each run follows a schedule up to a switch and from there
 * goes on without preemption; every step at which it could have switched begins another schedule.
 * Source: Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing of
 * Multithreaded Programs", PLDI 2007.
 */
export function exploreBounded(
  subject: Subject,
  scenario: Scenario,
  options: ExploreOptions,
  bound: number,
): Exploration {
  const tally = new Tally(options);
  let prefixes: Schedule[] = [[]];
  for (let preemptions = 0; prefixes.length > 0; preemptions++) {
    const next: Schedule[] = [];
    // Switches that are no preemption add to the list that is walked.
    for (let prefix = prefixes.pop(); prefix !== undefined; prefix = prefixes.pop()) {
      if (tally.isSpent) return tally.unfinished();
      const run = new InterleavedRun(subject, scenario, options.properties);
      const schedule = runFrom(run, prefix, prefixes, preemptions < bound ? next : null);
      const found = tally.add(run, schedule);
      if (found !== null) return found;
    }
    prefixes = next.reverse();
  }
  return tally.holds();
}

/**
 * Follows `prefix` and goes on to the end without preemption. Adds the schedules that switch to
 * another task on the way: to `free` where the task could not have gone on, else to `preempting`.
 */
function runFrom(
  run: InterleavedRun,
  prefix: Schedule,
  free: Schedule[],
  preempting: Schedule[] | null,
): Schedule {
  run.follow(prefix);
  const schedule = [...prefix];
  const enabled: number[] = [];
  while (run.violations.length === 0 && run.enabled(enabled).length > 0) {
    const last = schedule.at(-1);
    const goesOn = last !== undefined && enabled.includes(last);
    const task = goesOn ? last : (enabled[0] ?? 0);
    const others = goesOn ? preempting : free;
    if (others !== null) {
      for (const other of enabled) if (other !== task) others.push([...schedule, other]);
    }
    schedule.push(task);
    run.step(task);
  }
  return schedule;
}
