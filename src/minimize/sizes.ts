import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, replaced, withOperations } from './edit.ts';
import { mapNumbers, numbersIn, simplerValues } from './numbers.ts';

/** Scenarios with smaller numbers: all of a role together, then one by one. */
export function* smallerNumbers(scenario: Scenario): Generator<Scenario> {
  yield* smallerSizes(scenario);
  const operations = operationsOf(scenario);
  yield withOperations(
    scenario,
    operations.map((operation) => mapNumbers(operation, ['offset'], () => 0)),
  );
  for (const [index, operation] of operations.entries()) {
    if (operation.kind === 'pcpu_get_vm_areas') {
      yield replaced(scenario, index, inUnits(operation, operation.align));
      yield replaced(scenario, index, sideBySide(operation));
    }
    for (const number of numbersIn(operation)) {
      for (const value of simplerValues(number.value, number.least)) {
        yield replaced(scenario, index, number.with(value));
      }
    }
  }
}

/** Scenarios with all sizes 1, halved, or one less; offsets shrink with the halved ones. */
export function* smallerSizes(scenario: Scenario): Generator<Scenario> {
  yield scaled(scenario, () => 1);
  yield scaled(scenario, (size) => Math.ceil(size / 2));
  yield scaled(scenario, (size) => Math.max(1, size - 1));
}

/** The scenario with `change` applied to every size, and an offset kept within what is left. */
export function scaled(scenario: Scenario, change: (pages: number) => number): Scenario {
  return withOperations(
    scenario,
    operationsOf(scenario).map((operation) =>
      operation.kind === 'pcpu_get_vm_areas'
        ? operation
        : mapNumbers(operation, ['size', 'offset'], (value, { role }) =>
            role === 'size' ? change(value) : value > 0 ? change(value + 1) - 1 : value,
          ),
    ),
  );
}

type PcpuGetVmAreas = Extract<Operation, { kind: 'pcpu_get_vm_areas' }>;

/** The same areas with everything divided by the alignment. */
function inUnits(operation: PcpuGetVmAreas, unit: number): PcpuGetVmAreas {
  const divided = (pages: number): number => Math.floor(pages / unit);
  const { offsets, sizes } = operation;
  return { ...operation, offsets: offsets.map(divided), sizes: sizes.map(divided), align: 1 };
}

/** As many areas of one alignment unit each, one next to the other. */
function sideBySide(operation: PcpuGetVmAreas): PcpuGetVmAreas {
  const { align, sizes } = operation;
  return {
    ...operation,
    offsets: sizes.map((_, index) => index * align),
    sizes: sizes.map(() => align),
  };
}
