import { describe, expect, it } from 'vitest';
import {
  CALLS,
  type Domain,
  type SmallCall,
  smallPrograms,
} from '../../../src/explore/small-programs.ts';
import { canonical } from '../../../src/minimize/canonical.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { parseMachineSpec } from '../../../src/scenario/machine-text.ts';
import { areaName, assignedArea, usedArea } from '../../../src/scenario/names.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';
import type { TaskProgram } from '../../../src/scenario/scenario.ts';

const ONE_CPU = parseMachineSpec('cpus=1 vmalloc=4 block=2 max-alloc=1');
const TWO_CPUS = parseMachineSpec('cpus=2 vmalloc=4 block=2 max-alloc=1');

const textOf = (tasks: readonly TaskProgram[]): string =>
  tasks
    .map(({ cpu, operations }) => `cpu${cpu}: ${operations.map(printOperation).join('; ')}`)
    .join(' | ');

const textsOf = (domain: Domain): string[] =>
  [...smallPrograms(domain)].map(({ scenario }) => textOf(scenario.tasks));

/** Every way to write `length` operations, their areas called A, B, C, D in any order. */
function everyWord(calls: readonly SmallCall[], length: number): Operation[][] {
  const areas = [0, 1, 2, 3].map(areaName);
  const letters = calls.flatMap((call): Operation[] => {
    switch (call) {
      case 'vm_map_ram':
        return areas.flatMap((area) =>
          [`${area} = vm_map_ram(1)`, `vm_unmap_ram(${area})`].map(parseOperation),
        );
      case 'vmalloc':
        return areas.flatMap((area) =>
          [`${area} = vmalloc(1)`, `vfree(${area})`].map(parseOperation),
        );
      case 'vread':
        return [parseOperation('vread(@0, 2)')];
      case 'vm_unmap_aliases':
        return [parseOperation('vm_unmap_aliases()')];
      default:
        return [];
    }
  });
  return Array.from({ length }).reduce<Operation[][]>(
    (words) => words.flatMap((word) => letters.map((letter) => [...word, letter])),
    [[]],
  );
}

/** Whether the text of a program keeps the rules of the domain, looked at as a whole. */
function isInDomain(tasks: readonly TaskProgram[]): boolean {
  const all = tasks.flatMap(({ operations }) => operations);
  const named = all.flatMap((operation) => assignedArea(operation) ?? []);
  const freed = all.flatMap((operation) => usedArea(operation) ?? []);
  const kinds = new Set(all.filter((op) => assignedArea(op) !== null).map(({ kind }) => kind));
  if (kinds.size > 1 || new Set(freed).size < freed.length) return false;
  if (named.some((name, index) => name !== areaName(index))) return false;
  if (all.filter(({ kind }) => kind === 'vread').length > 1) return false;
  return all.every((operation, at) => {
    const area = usedArea(operation);
    if (area === null) return true;
    const allocation = all.findIndex((other) => assignedArea(other) === area);
    const gets = operation.kind === 'vfree' ? 'vmalloc' : 'vm_map_ram';
    return allocation >= 0 && allocation < at && all[allocation]?.kind === gets;
  });
}

/** The texts of the orders of the tasks that can be written, areas renamed. */
function writtenOrders(tasks: readonly TaskProgram[]): string[] {
  const orders = [tasks, tasks.toReversed()].map((order) =>
    canonical({ machine: TWO_CPUS, tasks: order }),
  );
  const length = tasks.flatMap(({ operations }) => operations).length;
  return orders
    .filter((one) => one.tasks.flatMap(({ operations }) => operations).length === length)
    .map((one) => textOf(one.tasks));
}

describe('small programs', () => {
  it('are these, of one operation a task', () => {
    const calls = ['vm_map_ram', 'vm_unmap_aliases'] as const;
    expect(textsOf({ tasks: 2, operations: 1, calls, machines: [TWO_CPUS] })).toEqual([
      'cpu0: A = vm_map_ram(1) | cpu1: B = vm_map_ram(1)',
      'cpu0: A = vm_map_ram(1) | cpu1: vm_unmap_aliases()',
      'cpu0: A = vm_map_ram(1) | cpu1: vm_unmap_ram(A)',
      'cpu1: A = vm_map_ram(1) | cpu0: vm_unmap_ram(A)',
      'cpu0: vm_unmap_aliases() | cpu1: A = vm_map_ram(1)',
      'cpu0: vm_unmap_aliases() | cpu1: vm_unmap_aliases()',
    ]);
  });

  it('are all there are, one of each that differ in the order of tasks, and no other', () => {
    const calls = ['vm_map_ram', 'vmalloc', 'vm_unmap_aliases', 'vread'] as const;
    const words = [1, 2].map((length) => everyWord(calls, length));
    const expected = new Set<string>();
    // What a program begins with is a program as well.
    const begins = words.flat().filter((word) => isInDomain([{ cpu: 0, operations: word }]));
    for (const first of begins) {
      for (const second of words.flat()) {
        for (const [a = 0, b = 0] of [
          [0, 1],
          [1, 0],
        ]) {
          const tasks = [
            { cpu: a, operations: first },
            { cpu: b, operations: second },
          ];
          if (isInDomain(tasks)) expected.add(writtenOrders(tasks).sort()[0] ?? '');
        }
      }
    }
    const programs = [...smallPrograms({ tasks: 2, operations: 2, calls, machines: [TWO_CPUS] })];
    const found = programs.map(({ scenario }) => writtenOrders(scenario.tasks).sort()[0] ?? '');
    expect(new Set(found).size).toBe(found.length);
    expect(found.sort()).toEqual([...expected].sort());
  });

  it('come by their number of operations, and can be written as cases', () => {
    const calls = CALLS.filter((call) => call !== 'vmalloc');
    const domain = { tasks: 3, operations: 2, calls, machines: [ONE_CPU] };
    const programs = [...smallPrograms(domain)];
    const sizes = programs.map(({ size }) => size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    for (const { size, scenario } of programs.filter((_, index) => index % 41 === 0)) {
      expect(scenario.tasks.reduce((sum, task) => sum + task.operations.length, 0)).toBe(size);
      const bare = { policy: null, property: null, observed: [], certificate: [] };
      expect(parseCase(printCase({ ...bare, scenario })).scenario).toEqual(scenario);
    }
  });

  it('put a task on every CPU as long as there are tasks, else each on its own', () => {
    const calls = ['vm_unmap_aliases'] as const;
    const three = parseMachineSpec('cpus=3 vmalloc=4 block=2 max-alloc=1');
    const cpus = (tasks: number, machine: Domain['machines'][number]) =>
      [...smallPrograms({ tasks, operations: 1, calls, machines: [machine] })].map(({ scenario }) =>
        scenario.tasks.map(({ cpu }) => cpu).join(''),
      );
    expect(cpus(2, ONE_CPU)).toEqual(['00']);
    expect(cpus(3, TWO_CPUS)).toEqual(['001', '011']);
    expect(cpus(2, three)).toEqual(['01', '02', '12']);
  });
});
