import { areaName, assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, withOperations, withPlace } from './edit.ts';

/**
 * The scenario with its areas named A, B, C in order of appearance, and without the operations that
 * refer to an area nobody has allocated by then: they mean nothing, and the parser refuses them.
 * The very same object if there is nothing to do.
 */
export function canonical(scenario: Scenario): Scenario {
  const operations = operationsOf(scenario);
  const names = new Map<string, string>();
  const kept: Operation[] = [];
  let changed = false;
  for (const operation of operations) {
    const used = usedArea(operation);
    const assigned = assignedArea(operation);
    if (assigned !== null) names.set(assigned, areaName(names.size));
    const name = names.get(assigned ?? used ?? '');
    if (used !== null && name === undefined) {
      changed = true;
      continue;
    }
    const renamed = name === undefined ? operation : withName(operation, name);
    changed ||= renamed !== operation;
    kept.push(renamed);
  }
  return changed ? withOperations(scenario, kept) : scenario;
}

function withName(operation: Operation, name: string): Operation {
  if ('area' in operation) {
    return operation.area === name ? operation : { ...operation, area: name };
  }
  return usedArea(operation) === name ? operation : withPlace(operation, name);
}
