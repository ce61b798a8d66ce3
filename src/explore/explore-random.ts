import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { Tally } from './explore-tally.ts';
import type { Exploration, ExploreOptions } from './explorer.ts';
import { InterleavedRun } from './interleaved-run.ts';
import { Random } from './random.ts';

/** At every step any task that can go on, each as likely. Never finished. */
export function exploreRandom(
  subject: Subject,
  scenario: Scenario,
  options: ExploreOptions,
  seed: number,
): Exploration {
  const tally = new Tally(options);
  const random = new Random(seed);
  const enabled: number[] = [];
  const schedule: number[] = [];
  while (!tally.isSpent) {
    const run = new InterleavedRun(subject, scenario, options.properties);
    schedule.length = 0;
    while (run.violations.length === 0 && run.enabled(enabled).length > 0) {
      const task = enabled[random.below(enabled.length)] ?? 0;
      schedule.push(task);
      run.step(task);
    }
    const found = tally.add(run, schedule);
    if (found !== null) return found;
  }
  return tally.unfinished();
}
