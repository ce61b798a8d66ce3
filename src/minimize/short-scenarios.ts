import type { Machine } from '../../models/hardware/machine.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import { areaName, assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, startCpuOf } from './edit.ts';
import { FAMILIES, freeFor, isFree } from './family.ts';

/** Lengths up to which every scenario of the small alphabet is tried, and of the smallest one. */
const MAX_LENGTH = 4;
const MAX_LENGTH_OF_FEW = 5;
/** Scenarios of one length on one machine, at most. */
const MAX_SCENARIOS = 3_000;

/**
 * Every scenario that is no longer than this one, at most five operations, over an alphabet so
 * small that they can all be tried: the operations the scenario has, with sizes of 1, and those
 * that small violations are most often made of. This leads out of local minima whose mechanism is
 * another one than the simplest.
 */
export function* shortScenarios(scenario: Scenario): Generator<Scenario> {
  const longest = Math.min(operationsOf(scenario).length, MAX_LENGTH_OF_FEW);
  for (let length = 1; length <= longest; length++) {
    if (length > MAX_LENGTH && length === operationsOf(scenario).length) return;
    for (const machine of smallMachines(scenario.machine)) {
      const alphabet = lettersOf(scenario, length <= MAX_LENGTH ? machine.vmapMaxAlloc : null);
      let count = 0;
      for (const operations of words(alphabet, length, [])) {
        if (++count > MAX_SCENARIOS) break;
        yield { machine, tasks: [{ cpu: startCpuOf(scenario), operations }] };
      }
    }
  }
}

/** With blocks of two pages, of four, and with space for one block only. */
function smallMachines({ possibleCpus, onlineCpus }: Machine): Machine[] {
  const small = { ...DEFAULT_MACHINE, possibleCpus, onlineCpus };
  return [
    { ...small, vmapBbmapBits: 2, vmapMaxAlloc: 1 },
    { ...small, vmapBbmapBits: 4, vmapMaxAlloc: 2 },
    { ...small, vmapBbmapBits: 2, vmapMaxAlloc: 1, vmallocPages: 2 },
  ];
}

/** What a scenario is spelled with. */
interface Letters {
  /** Allocations; the name is filled in. */
  readonly allocations: readonly ((area: string) => Operation)[];
  /** Uses of an area, allocated or given back. */
  readonly uses: readonly ((area: string) => Operation)[];
  readonly others: readonly Operation[];
}

/** `maxAlloc`: adds what is not in the scenario, a mapping too large for a block among it. */
function lettersOf(scenario: Scenario, maxAlloc: number | null): Letters {
  const operations = operationsOf(scenario);
  const has = (kind: Operation['kind']): boolean => operations.some((op) => op.kind === kind);
  const families = FAMILIES.filter(({ alloc }, index) => {
    const letter = alloc('A', 1);
    if (index === 0 || (maxAlloc !== null && resetsPerms(letter))) return true;
    return operations.some(
      (op) => op.kind === letter.kind && resetsPerms(op) === resetsPerms(letter),
    );
  });
  const allocations = families.map(
    ({ alloc }) =>
      (area: string) =>
        alloc(area, 1),
  );
  if (maxAlloc !== null) {
    allocations.push((area) => ({ kind: 'vm_map_ram', area, pages: maxAlloc + 1 }));
  }
  const others: Operation[] = [{ kind: 'vm_unmap_aliases' }];
  if (has('run_work')) others.push({ kind: 'run_work' });
  const uses: ((area: string) => Operation)[] = [];
  if (has('vread')) uses.push((area) => ({ kind: 'vread', at: { area, offset: 0 }, pages: 1 }));
  return { allocations, uses, others };
}

/** Whether the release of an allocation also mends the direct map, and flushes at once. */
function resetsPerms(operation: Operation): boolean {
  return operation.kind === 'vmalloc' && operation.resetPerms;
}

/** Every sequence of `length` operations that allocates before it uses and frees at most once. */
function* words(letters: Letters, length: number, before: Operation[]): Generator<Operation[]> {
  if (before.length === length) {
    yield before;
    return;
  }
  const areas = before.flatMap((operation) => assignedArea(operation) ?? []);
  const freed = new Set(before.filter(isFree).map(usedArea));
  const next = letters.allocations.map((alloc) => alloc(areaName(areas.length)));
  for (const operation of before) {
    const free = freeFor(operation);
    if (free !== null && !freed.has(assignedArea(operation))) next.push(free);
  }
  for (const use of letters.uses) next.push(...areas.map(use));
  if (before.length > 0) next.push(...letters.others);
  for (const operation of next) yield* words(letters, length, [...before, operation]);
}
