import { areaName, assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { mapOperations, withPlace } from './edit.ts';

/**
 * The scenario with its areas named A, B, C in order of appearance, and without the operations that
 * refer to an area nobody has allocated by then: they mean nothing, and the parser refuses them.
 * Of several tasks, those without an operation go. The very same object if there is nothing to do.
 */
export function canonical(scenario: Scenario): Scenario {
  const names = new Map<string, string>();
  let changed = false;
  const named = mapOperations(scenario, (operation) => {
    const used = usedArea(operation);
    const assigned = assignedArea(operation);
    if (assigned !== null) names.set(assigned, areaName(names.size));
    const name = names.get(assigned ?? used ?? '');
    if (used !== null && name === undefined) {
      changed = true;
      return null;
    }
    const renamed = name === undefined ? operation : withName(operation, name);
    changed ||= renamed !== operation;
    return renamed;
  });
  const [first, ...others] = named.tasks.filter(({ operations }) => operations.length > 0);
  if (first === undefined || others.length + 1 === named.tasks.length) {
    return changed ? named : scenario;
  }
  return { machine: named.machine, tasks: [first, ...others] };
}

function withName(operation: Operation, name: string): Operation {
  if ('area' in operation) {
    return operation.area === name ? operation : { ...operation, area: name };
  }
  return usedArea(operation) === name ? operation : withPlace(operation, name);
}
