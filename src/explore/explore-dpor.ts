import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { Tally } from './explore-tally.ts';
import type { Exploration, ExploreOptions } from './explorer.ts';
import { Happened } from './happened.ts';
import { InterleavedRun } from './interleaved-run.ts';

/**
 * Every interleaving up to the order of steps that do not clash: of each set of interleavings that
 * differ only in that, at least one. Dynamic partial-order reduction with source sets and sleep
 * sets, by running the scenario from its start again and again; see Happened for what clashes and
 * for which steps are tried in the other order. A run in which only sleeping tasks could go on has
 * nothing new and is given up; it counts as an interleaving towards the limit only.
 * Source: Abdulla, Aronis, Jonsson and Sagonas, "Source Sets: A Foundation for Optimal Dynamic
 * Partial Order Reduction", Journal of the ACM 64(4), 2017.
 */
export function exploreDpor(
  subject: Subject,
  scenario: Scenario,
  options: ExploreOptions,
): Exploration {
  const tally = new Tally(options);
  const happened = new Happened();
  do {
    if (tally.isSpent) return tally.unfinished();
    const run = new InterleavedRun(subject, scenario, options.properties);
    if (runOn(run, happened)) {
      const found = tally.add(run, happened.schedule());
      if (found !== null) return found;
    } else {
      tally.giveUp(run);
    }
  } while (happened.backtrack());
  return tally.holds();
}

/**
 * Follows what has happened up to the last step, takes that one anew, and goes on to the end, or to
 * a violation. Returns false if it has nothing new to show.
 */
function runOn(run: InterleavedRun, happened: Happened): boolean {
  const { tasks } = run;
  run.follow(happened.restart(run.taskCount));
  tasks.footprint.isWanted = true;
  if (happened.length > 0) {
    run.step(happened.taskAt(happened.length - 1));
    happened.stepped(tasks.footprint.copy(), run.taskCount);
  }
  const enabled: number[] = [];
  while (run.violations.length === 0 && run.enabled(enabled).length > 0) {
    const task = happened.choose(enabled);
    if (task < 0) return false;
    run.step(task);
    happened.stepped(tasks.footprint.copy(), run.taskCount);
  }
  noteUnfinished(run, happened);
  return true;
}

/**
 * What tasks would have done that the machine's death or a deadlock kept from it: nothing can come
 * after a death, and what waits for a lock in a deadlock might have had it before.
 */
function noteUnfinished(run: InterleavedRun, happened: Happened): void {
  const { tasks } = run;
  for (const task of run.unfinished()) {
    tasks.footprint.clear();
    tasks.noteNext(task);
    tasks.footprint.died = run.hasDied;
    happened.waits(task, tasks.footprint);
  }
}
