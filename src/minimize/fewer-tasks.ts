import type { Scenario, TaskProgram } from '../scenario/scenario.ts';

/** Scenarios without one of the tasks, or with what two of them do left to one. */
export function* fewerTasks({ machine, tasks }: Scenario): Generator<Scenario> {
  if (tasks.length === 1) return;
  for (const gone of tasks.keys()) yield { machine, tasks: tasks.toSpliced(gone, 1) };
  for (const [at, first] of tasks.entries()) {
    for (const second of tasks.keys()) {
      const other = tasks[second];
      if (other === undefined || second === at) continue;
      yield { machine, tasks: tasks.with(at, joined(first, other)).toSpliced(second, 1) };
    }
  }
}

/** What one task does and then another, on the CPU of the one. */
export function joined({ cpu, operations }: TaskProgram, then: TaskProgram): TaskProgram {
  return { cpu, operations: [...operations, ...then.operations] };
}
