import type { Machine } from '../../models/hardware/machine.ts';
import { usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import { printOperation } from '../scenario/operation-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, withPlace } from './edit.ts';
import { FAMILIES, freeFor } from './family.ts';
import { mapNumbers } from './numbers.ts';

/** Name of the area that a letter allocates or refers to, until it stands in a program. */
const ANY_AREA = 'A';

/**
 * Sets of letters, each with all those of the one before. block: what a vmap_block is filled,
 * emptied and flushed with. own: the calls that a scenario has, and the same of one page. common:
 * a mapping too large for a block, and memory that is flushed when it is freed. every: every call
 * of the API, of one page, and every event.
 */
export const ALPHABETS = ['block', 'own', 'common', 'every'] as const;

export type AlphabetName = (typeof ALPHABETS)[number];

/**
 * What the programs that are tried in the place of a scenario are spelled with, for each alphabet
 * what the one before lacks. All but `touch`, which shows a TLB entry and changes nothing that a
 * property looks at.
 */
export function lettersFor(
  scenario: Scenario,
  machine: Machine,
): Readonly<Record<AlphabetName, readonly Operation[]>> {
  const seen = new Set<string>();
  const unseen = (letters: readonly Operation[]): Operation[] =>
    letters.filter((letter) => {
      const text = printOperation(letter);
      return !seen.has(text) && seen.add(text);
    });
  return {
    block: unseen(BLOCK_LETTERS),
    own: unseen(ownLetters(scenario, machine)),
    common: unseen(commonLetters(machine)),
    every: unseen(everyLetter(machine)),
  };
}

const BLOCK_LETTERS: readonly Operation[] = [
  ...allocation({ kind: 'vm_map_ram', area: ANY_AREA, pages: 1 }),
  { kind: 'vm_unmap_aliases' },
];

function ownLetters(scenario: Scenario, machine: Machine): Operation[] {
  const letters: Operation[] = [];
  for (const operation of operationsOf(scenario)) {
    if (operation.kind === 'touch') continue;
    if (operation.kind === 'migrate') letters.push(...migrations(machine));
    else if (operation.kind === 'fail_alloc') letters.push(...failures(operation.nth));
    else if (usedArea(operation) !== null) letters.push(withPlace(operation, ANY_AREA));
    else if ('area' in operation) letters.push(...allocation({ ...operation, area: ANY_AREA }));
    else letters.push(operation);
  }
  return letters;
}

/** An allocation, the same of one page, and the call that gives it back. */
function allocation(letter: Operation): Operation[] {
  const free = freeFor(letter);
  const ofOnePage =
    letter.kind === 'pcpu_get_vm_areas' ? letter : mapNumbers(letter, ['size'], () => 1);
  return [ofOnePage, letter, ...(free === null ? [] : [free])];
}

function commonLetters({ vmapMaxAlloc }: Machine): Operation[] {
  return [
    ...allocation({ kind: 'vm_map_ram', area: ANY_AREA, pages: vmapMaxAlloc + 1 }),
    ...FAMILIES.map(({ alloc }) => alloc(ANY_AREA, 1))
      .filter((letter) => letter.kind === 'vmalloc' && letter.resetPerms)
      .flatMap(allocation),
  ];
}

function everyLetter(machine: Machine): Operation[] {
  const at = { area: ANY_AREA, offset: 0 };
  const plain = FAMILIES.map(({ alloc }) => alloc(ANY_AREA, 1));
  const inModules = plain
    .filter((letter) => letter.kind === 'vmalloc')
    .map((letter): Operation => ({ ...letter, range: 'modules' }));
  return [
    ...plain.flatMap(allocation),
    ...(machine.modulesPages > 0 ? inModules : []),
    { kind: 'vfree_atomic', at },
    { kind: 'set_memory_ro', at },
    { kind: 'register_vmap_purge_notifier', at },
    { kind: 'vread', at, pages: 2 },
    { kind: 'vmalloc_to_page', at },
    { kind: 'find_vm_area', at },
    { kind: 'run_work' },
    { kind: 'shrink' },
    { kind: 'fail_alloc', nth: 1 },
    ...migrations(machine),
  ];
}

/** Allocations that an operation makes, at most, but for a few. */
const FEW_ALLOCATIONS = 8;

/** One of the next allocations fails, or the one that fails in the scenario. */
function failures(nth: number): Operation[] {
  const next = Array.from({ length: FEW_ALLOCATIONS }, (_, index) => index + 1);
  return [...next, nth].map((n) => ({ kind: 'fail_alloc', nth: n }));
}

/** Nowhere to go on a machine of one CPU. */
function migrations({ onlineCpus }: Machine): Operation[] {
  return onlineCpus.length === 1 ? [] : onlineCpus.map((cpu) => ({ kind: 'migrate', cpu }));
}

/**
 * Whether a letter that refers to an area may refer to the one that `allocated` gave. `isFreed`:
 * whether it was given back before. A caller gives back what it got, once, by the matching call.
 */
export function mayUse(letter: Operation, allocated: Operation, isFreed: boolean): boolean {
  switch (letter.kind) {
    case 'vread':
    case 'vmalloc_to_page':
    case 'find_vm_area':
      return true;
    case 'set_memory_ro':
      return !isFreed && allocated.kind === 'vmalloc' && allocated.resetPerms;
    case 'register_vmap_purge_notifier':
      return !isFreed && allocated.kind === 'vmap';
    case 'vfree_atomic':
      return !isFreed && allocated.kind === 'vmalloc';
    default:
      return !isFreed && freeFor(allocated)?.kind === letter.kind;
  }
}
