import { assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, replaced, withOperations, withPlace } from './edit.ts';

/** Up to this many operations, each is moved to every other place; beyond, to the next one. */
const FEW_OPERATIONS = 16;

/** The same operations in another order; the order of scenarios says which listing comes first. */
export function* reordered(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  const reach = operations.length <= FEW_OPERATIONS ? operations.length : 1;
  for (const [from, operation] of operations.entries()) {
    const rest = operations.toSpliced(from, 1);
    for (let to = Math.max(0, from - reach); to < from; to++) {
      const order = rest.toSpliced(to, 0, operation);
      if (isInOrder(order)) yield withOperations(scenario, order);
    }
  }
}

/** The same operations on other areas: two areas exchanged, or one operation on another one. */
export function* otherAreas(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  if (operations.length > FEW_OPERATIONS) return;
  const allocations = operations.filter((operation) => assignedArea(operation) !== null);
  const areas = allocations.flatMap((operation) => assignedArea(operation) ?? []);
  for (const [index, a] of areas.entries()) {
    for (const b of areas.slice(index + 1)) {
      const order = operations.map((operation) => exchange(operation, a, b));
      if (isInOrder(order)) yield withOperations(scenario, order);
    }
  }
  for (const [index, operation] of operations.entries()) {
    for (const area of areas) {
      const other = withPlace(operation, area);
      if (other !== operation && isInOrder(operations.with(index, other))) {
        yield replaced(scenario, index, other);
      }
    }
  }
}

function exchange(operation: Operation, a: string, b: string): Operation {
  const used = usedArea(operation);
  return used === a ? withPlace(operation, b) : used === b ? withPlace(operation, a) : operation;
}

/** Whether every area is allocated above its uses. */
function isInOrder(operations: readonly Operation[]): boolean {
  const seen = new Set<string>();
  for (const operation of operations) {
    const used = usedArea(operation);
    if (used !== null && !seen.has(used)) return false;
    const assigned = assignedArea(operation);
    if (assigned !== null) seen.add(assigned);
  }
  return true;
}
