import type { Schedule } from '../../../src/explore/explorer.ts';
import { InterleavedRun } from '../../../src/explore/interleaved-run.ts';
import { Random } from '../../../src/explore/random.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { Subject } from '../../../src/subject/port.ts';

/** A random interleaving, to its end or so many steps far. Mostly the same task goes on. */
export function randomSchedule(
  subject: Subject,
  scenario: Scenario,
  seed: number,
  most = Number.POSITIVE_INFINITY,
): Schedule {
  const run = new InterleavedRun(subject, scenario, []);
  const random = new Random(seed);
  const schedule: number[] = [];
  const enabled: number[] = [];
  while (schedule.length < most && run.enabled(enabled).length > 0) {
    const last = schedule.at(-1);
    const stays = last !== undefined && enabled.includes(last) && random.below(4) > 0;
    const task = stays ? last : (enabled[random.below(enabled.length)] ?? 0);
    schedule.push(task);
    run.step(task);
  }
  return schedule;
}
