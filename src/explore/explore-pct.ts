import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { Tally } from './explore-tally.ts';
import type { Exploration, ExploreOptions } from './explorer.ts';
import { InterleavedRun } from './interleaved-run.ts';
import { Random } from './random.ts';

/** Priorities of tasks as they come, before any change: above all that a change can give. */
const FIRST_PRIORITIES = 2 ** 16;

/**
 * Probabilistic concurrency testing: each task has a random priority, the highest that can go on
 * runs, and at `depth` - 1 random steps the running task falls below all others. A bug that needs
 * d ordering constraints is found by a run of that depth with probability 1/(n k^(d-1)) at least,
 * n tasks taking k steps. Never finished.
 * Source: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
 */
export function explorePct(
  subject: Subject,
  scenario: Scenario,
  options: ExploreOptions,
  { seed, depth }: { readonly seed: number; readonly depth: number },
): Exploration {
  const tally = new Tally(options);
  const random = new Random(seed);
  const enabled: number[] = [];
  const schedule: number[] = [];
  // The most steps a run has taken so far; the first run, without changes, measures it.
  let longest = 0;
  while (!tally.isSpent) {
    const run = new InterleavedRun(subject, scenario, options.properties);
    const changes = longest === 0 ? [] : changePoints(random, depth - 1, longest);
    const priorities: number[] = [];
    schedule.length = 0;
    while (run.violations.length === 0 && run.enabled(enabled).length > 0) {
      const task = highest(enabled, priorities, random);
      const change = changes.indexOf(run.steps);
      schedule.push(task);
      run.step(task);
      if (change >= 0) priorities[task] = change;
    }
    longest = Math.max(longest, run.steps);
    const found = tally.add(run, schedule);
    if (found !== null) return found;
  }
  return tally.unfinished();
}

/** Steps after which the task that took them falls to the lowest priority but those before. */
function changePoints(random: Random, count: number, steps: number): number[] {
  return Array.from({ length: count }, () => random.below(steps));
}

/** The task of the highest priority; one that is new, a worker say, draws its own first. */
function highest(enabled: readonly number[], priorities: number[], random: Random): number {
  let best = enabled[0] ?? 0;
  for (const task of enabled) {
    priorities[task] ??= FIRST_PRIORITIES + random.below(FIRST_PRIORITIES);
    if ((priorities[task] ?? 0) > (priorities[best] ?? 0)) best = task;
  }
  return best;
}
