import type { Scenario, TaskProgram } from '../scenario/scenario.ts';
import { joined } from './fewer-tasks.ts';

/** As many tasks that share out the same operations in another way. */
export function* moved(scenario: Scenario): Generator<Scenario> {
  yield* oneElsewhere(scenario);
  yield* cutElsewhere(scenario);
}

/** The same with all tasks on the lowest CPU, if they are not on one as it is. */
export function* movedToOneCpu(scenario: Scenario): Generator<Scenario> {
  if (new Set(scenario.tasks.map(({ cpu }) => cpu)).size === 1) return;
  const cpu = scenario.machine.onlineCpus[0] ?? 0;
  for (const { machine, tasks } of moved(scenario)) {
    yield { machine, tasks: tasks.map(({ operations }) => ({ cpu, operations })) };
  }
}

/** One operation in any place of another task. */
function* oneElsewhere({ machine, tasks }: Scenario): Generator<Scenario> {
  for (const [from, source] of tasks.entries()) {
    for (const [at, operation] of source.operations.entries()) {
      const rest = tasks.with(from, withList(source, source.operations.toSpliced(at, 1)));
      for (const [to, target] of tasks.entries()) {
        if (to === from || source.operations.length === 1) continue;
        for (let place = 0; place <= target.operations.length; place++) {
          const operations = target.operations.toSpliced(place, 0, operation);
          yield { machine, tasks: rest.with(to, withList(target, operations)) };
        }
      }
    }
  }
}

/**
 * One task cut in two, and two of what are then one task more made one: what a task begins or ends
 * with goes to another one, or is left alone while the others do the rest. The task that two became
 * is put in the place of either, since an area is used by its own and by later tasks only.
 */
function* cutElsewhere({ machine, tasks }: Scenario): Generator<Scenario> {
  for (const [at, task] of tasks.entries()) {
    for (let cut = 1; cut < task.operations.length; cut++) {
      const halves = [task.operations.slice(0, cut), task.operations.slice(cut)];
      const parts = tasks.toSpliced(at, 1, ...halves.map((half) => withList(task, half)));
      for (const [one, first] of parts.entries()) {
        for (const [other, then] of parts.entries()) {
          const areHalves = Math.min(one, other) === at && Math.max(one, other) === at + 1;
          if (one === other || areHalves) continue;
          const both = joined(first, then);
          yield { machine, tasks: parts.with(one, both).toSpliced(other, 1) };
          yield { machine, tasks: parts.with(other, both).toSpliced(one, 1) };
        }
      }
    }
  }
}

function withList({ cpu }: TaskProgram, operations: TaskProgram['operations']): TaskProgram {
  return { cpu, operations };
}
