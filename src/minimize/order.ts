import type { Machine } from '../../models/hardware/machine.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import { areaName, assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import { printOperation } from '../scenario/operation-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isFree } from './family.ts';
import { sumOfNumbers } from './numbers.ts';

/**
 * How much a reader must know to understand an operation. What the kernel's small mappings are made
 * with comes first, then what needs a vm_struct, then what has side effects of its own.
 */
const COMPLEXITY: Readonly<Record<Operation['kind'], number>> = {
  vm_unmap_aliases: 1,
  vm_map_ram: 1,
  vm_unmap_ram: 1,
  get_vm_area: 2,
  free_vm_area: 2,
  vmalloc_to_page: 2,
  find_vm_area: 2,
  vread: 2,
  touch: 2,
  migrate: 2,
  run_work: 2,
  shrink: 2,
  vmalloc: 3,
  vfree: 3,
  vmap: 4,
  vunmap: 4,
  vfree_atomic: 4,
  ioremap: 5,
  set_memory_ro: 6,
  register_vmap_purge_notifier: 6,
  pcpu_get_vm_areas: 7,
  pcpu_free_vm_areas: 7,
  fail_alloc: 8,
};

/** COMPLEXITY of one operation, its options and a bare page number counting one each. */
export function complexityOf(operation: Operation): number {
  let sum = COMPLEXITY[operation.kind];
  if (operation.kind === 'vmalloc') {
    sum += (operation.resetPerms ? 1 : 0) + (operation.range === 'modules' ? 1 : 0);
  }
  if (operation.kind === 'pcpu_get_vm_areas') sum += operation.sizes.length;
  if (operation.kind === 'vm_unmap_ram' && operation.pages !== null) sum++;
  if ('at' in operation && 'vpn' in operation.at) sum++;
  return sum;
}

/** What is compared, in this order; less is simpler. The text decides what is still equal. */
const MEASURES: readonly ((scenario: Scenario) => number)[] = [
  ({ tasks }) => tasks.length,
  (scenario) => sumOver(scenario, () => 1),
  ({ machine }) => machine.possibleCpus.length,
  ({ machine }) => machine.possibleCpus.length - machine.onlineCpus.length,
  ({ machine }) => machine.possibleCpus.reduce((sum, cpu) => sum + cpu, 0),
  (scenario) => sumOver(scenario, complexityOf) + usesAfterFree(scenario),
  (scenario) => sumOfMachine(scenario.machine) + sumOverCpusAndNumbers(scenario),
  ({ machine }) => machine.vmapBbmapBits,
  ({ machine }) => machine.vmapMaxAlloc,
  ({ machine }) => distance(machine, 'lazyMaxPages'),
  ({ machine }) => distance(machine, 'modulesPages'),
  ({ machine }) => distance(machine, 'ramPages'),
  ({ machine }) => distance(machine, 'vmapNodes'),
  ({ machine }) => distance(machine, 'zonePages'),
  misnamed,
];

/**
 * The order of simplicity, total on scenarios that print differently: negative if `a` is simpler.
 * Fewer operations come before fewer CPUs, then plainer operations, then smaller numbers, where one
 * that is as in DEFAULT_MACHINE and need not be printed counts 0, then canonical names, then the
 * text.
 */
export function compareScenarios(a: Scenario, b: Scenario): number {
  for (const measure of MEASURES) {
    const difference = measure(a) - measure(b);
    if (difference !== 0) return difference;
  }
  return compareOperations(a, b) || compareText(headOf(a), headOf(b));
}

/** What is printed above the operations. */
function headOf({ machine, tasks }: Scenario): string {
  return `${printMachineSpec(machine)} ${tasks.map(({ cpu }) => cpu).join(' ')}`;
}

/** By the text of the first operation that is not the same. Only such are printed. */
function compareOperations(a: Scenario, b: Scenario): number {
  const [ofA, ofB] = [a, b].map(({ tasks }) => tasks.flatMap(({ operations }) => operations));
  for (const [index, operation] of ofA?.entries() ?? []) {
    const other = ofB?.[index];
    if (other === undefined || other === operation) continue;
    const order = compareText(printOperation(operation), printOperation(other));
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function sumOver({ tasks }: Scenario, measure: (operation: Operation) => number): number {
  let sum = 0;
  for (const task of tasks) for (const operation of task.operations) sum += measure(operation);
  return sum;
}

/** The numbers on the machine line, but for those that are as in DEFAULT_MACHINE. */
function sumOfMachine(machine: Machine): number {
  let sum = machine.vmapBbmapBits + machine.vmapMaxAlloc;
  sum += distance(machine, 'lazyMaxPages') + distance(machine, 'modulesPages');
  sum += distance(machine, 'ramPages') + distance(machine, 'vmallocPages');
  sum += distance(machine, 'vmapNodes') + distance(machine, 'zonePages');
  if (machine.directMapVpn !== DEFAULT_MACHINE.directMapVpn) sum++;
  return machine.arch === DEFAULT_MACHINE.arch ? sum : sum + 1;
}

function sumOverCpusAndNumbers(scenario: Scenario): number {
  const starts = scenario.tasks.reduce((sum, { cpu }) => sum + cpu, 0);
  return starts + sumOver(scenario, sumOfNumbers);
}

/**
 * Operations on an area that was given back by that name. The page may be another area's by then,
 * and that one's name says more.
 */
function usesAfterFree({ tasks }: Scenario): number {
  let uses = 0;
  for (const { operations } of tasks) {
    const freed = new Set<string>();
    for (const operation of operations) {
      const area = usedArea(operation);
      if (area === null) continue;
      if (freed.has(area)) uses++;
      if (isFree(operation)) freed.add(area);
    }
  }
  return uses;
}

/** 0 for the value that is not printed, else one more than the value. */
function distance(
  machine: Machine,
  field: 'lazyMaxPages' | 'modulesPages' | 'ramPages' | 'vmallocPages' | 'vmapNodes' | 'zonePages',
): number {
  return machine[field] === DEFAULT_MACHINE[field] ? 0 : 1 + machine[field];
}

/** Areas that do not have the name their place in the order of appearance gives them. */
function misnamed({ tasks }: Scenario): number {
  const names = tasks.flatMap(({ operations }) =>
    operations.flatMap((op) => assignedArea(op) ?? []),
  );
  return names.filter((name, index) => name !== areaName(index)).length;
}
