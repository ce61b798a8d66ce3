import { assignedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, replaced, withOperations } from './edit.ts';
import { FAMILIES, freeFor, inFamily } from './family.ts';

/** Up to this many operations, one is also exchanged for another in any other position. */
const FEW_OPERATIONS = 12;
/** A bare page number is replaced by one of this many pages of each area. */
const PAGES_OF_AREA = 3;

/** Scenarios with plainer operations in the place of some. */
export function* plainerOperations(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  yield withOperations(scenario, operations.map(plainest));
  for (const [index, operation] of operations.entries()) {
    const areas = operations.slice(0, index).flatMap((op) => assignedArea(op) ?? []);
    for (const plainer of plainerForms(operation, areas)) {
      yield replaced(scenario, index, plainer);
    }
  }
  yield* otherFamilies(scenario);
  yield* exchanged(scenario);
}

/** All options of an operation taken away at once. */
function plainest(operation: Operation): Operation {
  switch (operation.kind) {
    case 'vmalloc':
      return { ...operation, range: 'vmalloc', resetPerms: false };
    case 'vm_unmap_ram':
      return { ...operation, pages: null };
    case 'vfree_atomic':
      return { kind: 'vfree', at: operation.at };
    default:
      return operation;
  }
}

function* plainerForms(operation: Operation, areas: readonly string[]): Generator<Operation> {
  yield plainest(operation);
  if (operation.kind === 'vmalloc') {
    yield { ...operation, resetPerms: false };
    yield { ...operation, range: 'vmalloc' };
  }
  if (operation.kind === 'set_memory_ro') yield { kind: 'vm_unmap_aliases' };
  if (operation.kind === 'pcpu_get_vm_areas') {
    for (const gone of operation.sizes.keys()) {
      const kept = (_: number, index: number): boolean => index !== gone;
      const { offsets, sizes } = operation;
      yield { ...operation, offsets: offsets.filter(kept), sizes: sizes.filter(kept) };
    }
  }
  if ('at' in operation && 'vpn' in operation.at) {
    for (const area of areas) {
      for (let offset = 0; offset < PAGES_OF_AREA; offset++) {
        yield { ...operation, at: { area, offset } };
      }
    }
  }
}

/** Areas allocated, and given back, by another function: all of them, all of a kind, one. */
function* otherFamilies(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  const kinds = new Map<string, Set<string>>();
  for (const operation of operations) {
    const area = assignedArea(operation);
    if (area === null) continue;
    for (const group of ['all', operation.kind, area]) {
      kinds.set(group, (kinds.get(group) ?? new Set()).add(area));
    }
  }
  for (const family of FAMILIES) {
    for (const areas of kinds.values()) {
      yield withOperations(scenario, inFamily(operations, family, areas));
    }
  }
}

/** One operation gone, and a plain one instead, anywhere: a free, a flush, a worker's turn. */
function* exchanged(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  if (operations.length > FEW_OPERATIONS) return;
  for (const gone of operations.keys()) {
    const rest = operations.filter((_, at) => at !== gone);
    for (let at = 0; at <= rest.length; at++) {
      for (const instead of plainOperations(rest.slice(0, at))) {
        yield withOperations(scenario, rest.toSpliced(at, 0, instead));
      }
    }
  }
}

function plainOperations(before: readonly Operation[]): Operation[] {
  return [{ kind: 'vm_unmap_aliases' }, ...before.flatMap((op) => freeFor(op) ?? [])];
}
