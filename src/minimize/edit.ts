import type { Machine } from '../../models/hardware/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The operations of a sequential scenario. */
export function operationsOf({ tasks }: Scenario): readonly Operation[] {
  return tasks[0]?.operations ?? [];
}

/** The CPU a sequential scenario starts on. */
export function startCpuOf({ tasks, machine }: Scenario): number {
  return tasks[0]?.cpu ?? machine.onlineCpus[0] ?? 0;
}

/** The same scenario with other operations. */
export function withOperations(scenario: Scenario, operations: readonly Operation[]): Scenario {
  return { machine: scenario.machine, tasks: [{ cpu: startCpuOf(scenario), operations }] };
}

/** The same scenario started on another CPU. */
export function withStartCpu(scenario: Scenario, cpu: number): Scenario {
  return { machine: scenario.machine, tasks: [{ cpu, operations: operationsOf(scenario) }] };
}

/** The same scenario on a machine with other fields. */
export function withMachine(scenario: Scenario, fields: Partial<Machine>): Scenario {
  return { machine: { ...scenario.machine, ...fields }, tasks: scenario.tasks };
}

/** The same scenario with one operation changed. */
export function replaced(scenario: Scenario, index: number, by: Operation): Scenario {
  return withOperations(
    scenario,
    operationsOf(scenario).map((operation, at) => (at === index ? by : operation)),
  );
}

/** The same scenario without the operations at these positions. */
export function withoutAt(scenario: Scenario, indexes: readonly number[]): Scenario {
  const gone = new Set(indexes);
  return withOperations(
    scenario,
    operationsOf(scenario).filter((_, at) => !gone.has(at)),
  );
}

/** An operation that refers to another area, the offset kept; itself if it refers to none. */
export function withPlace(operation: Operation, area: string): Operation {
  if (!('at' in operation) || !('area' in operation.at)) return operation;
  return { ...operation, at: { area, offset: operation.at.offset } };
}
