import type { Machine } from '../../models/hardware/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The operations of all tasks, one task after the other. */
export function operationsOf({ tasks }: Scenario): readonly Operation[] {
  const [only, ...others] = tasks;
  if (others.length === 0) return only?.operations ?? [];
  return tasks.flatMap(({ operations }) => operations);
}

/** The CPU the first task starts on. */
export function startCpuOf({ tasks, machine }: Scenario): number {
  return tasks[0]?.cpu ?? machine.onlineCpus[0] ?? 0;
}

/**
 * The same scenario with other operations. Several tasks keep as many each as they have; throws
 * RangeError if the operations are more or fewer than that.
 */
export function withOperations(scenario: Scenario, operations: readonly Operation[]): Scenario {
  const { machine, tasks } = scenario;
  if (tasks.length <= 1) return { machine, tasks: [{ cpu: startCpuOf(scenario), operations }] };
  if (operations.length !== operationsOf(scenario).length) {
    throw new RangeError('which task the operations belong to is not known');
  }
  let from = 0;
  const parts = tasks.map(({ cpu, operations: own }) => {
    const part = operations.slice(from, from + own.length);
    from += own.length;
    return { cpu, operations: part };
  });
  return { machine, tasks: parts };
}

/** The same scenario with each operation as `change` gives it, or without it where that is null. */
export function mapOperations(
  { machine, tasks }: Scenario,
  change: (operation: Operation) => Operation | null,
): Scenario {
  const changed = tasks.map(({ cpu, operations }) => ({
    cpu,
    operations: operations.flatMap((operation) => change(operation) ?? []),
  }));
  return { machine, tasks: changed };
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
  let at = 0;
  return mapOperations(scenario, (operation) => (gone.has(at++) ? null : operation));
}

/** An operation that refers to another area, the offset kept; itself if it refers to none. */
export function withPlace(operation: Operation, area: string): Operation {
  if (!('at' in operation) || !('area' in operation.at)) return operation;
  return { ...operation, at: { area, offset: operation.at.offset } };
}
