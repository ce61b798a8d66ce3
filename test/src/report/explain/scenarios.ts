import { properties } from '../../../../properties/index.ts';
import type { Property } from '../../../../properties/property.ts';
import { parseCase } from '../../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../../src/scenario/scenario.ts';
import { builtInPolicy } from '../../../../src/subject/load-policy.ts';
import type { Subject } from '../../../../src/subject/port.ts';

/** A machine of blocks of two pages. */
export const SMALL = 'cpus=1 vmalloc=64 block=2 max-alloc=1';

/** The scenario of one task on cpu0 of a machine. */
export function scenarioOf(machine: string, ...operations: string[]): Scenario {
  const lines = ['vmapcheck case 1', `machine ${machine}`, 'task on cpu0', ...operations, 'end'];
  return parseCase(lines.join('\n')).scenario;
}

/** A block used up, and one page of it unmapped: the shortest stale alias of v6.4. */
export const FULL_BLOCK = [
  'A = vm_map_ram(1)',
  'B = vm_map_ram(1)',
  'vm_unmap_ram(A)',
  'vm_unmap_aliases()',
];

export function subjectOf(policy: string): Subject {
  return builtInPolicy(policy).subject();
}

export function propertyOf(name: string): Property {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) throw new Error(`no property ${name}`);
  return property;
}
