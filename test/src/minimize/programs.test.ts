import { describe, expect, it } from 'vitest';
import { ALPHABETS, lettersFor } from '../../../src/minimize/alphabet.ts';
import { complexityOf } from '../../../src/minimize/order.ts';
import {
  countPrograms,
  programs,
  type Shape,
  type Spelling,
  words,
} from '../../../src/minimize/programs.ts';
import { RunnableCheck } from '../../../src/minimize/runnable.ts';
import { areaName, assignedArea, usedArea } from '../../../src/scenario/names.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { OPERATION_KINDS } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { printed, scenarioOf, TINY } from './scenarios.ts';

const START = scenarioOf(TINY, 'A = vmap(3);vread(A+1, 1);vunmap(A)');
const TWO_CPUS = scenarioOf('cpus=2 vmalloc=8 block=2 max-alloc=1', 'A = vmap(3);vunmap(A)');

/** All letters there are for a scenario. */
function everyLetter(scenario: Scenario): readonly Operation[] {
  const letters = lettersFor(scenario, scenario.machine);
  return ALPHABETS.flatMap((name) => letters[name]);
}

function spelling(letters: readonly Operation[], known = 0): Spelling {
  return { letters, known, complexity: Number.POSITIVE_INFINITY };
}

const textOf = (word: readonly Operation[]): string => word.map(printOperation).join(';');

/** What gives back an area, by the call it came from: written down anew, as the API has it. */
const RELEASES: Readonly<Record<string, readonly string[]>> = {
  vm_map_ram: ['vm_unmap_ram'],
  get_vm_area: ['free_vm_area'],
  vmalloc: ['vfree', 'vfree_atomic'],
  vmap: ['vunmap'],
  ioremap: ['vunmap'],
  pcpu_get_vm_areas: ['pcpu_free_vm_areas'],
};
const RELEASE_KINDS = Object.values(RELEASES).flat();

/** Whether a caller may write this, looked at from its end: the rule, not the enumeration. */
function isProgram(word: readonly Operation[]): boolean {
  return word.every((operation, at) => {
    const before = word.slice(0, at);
    const named = before.flatMap((one) => assignedArea(one) ?? []);
    if ('area' in operation) return operation.area === areaName(named.length);
    const used = usedArea(operation);
    if (used === null) return true;
    const from = before.find((one) => assignedArea(one) === used);
    if (from === undefined) return false;
    const isGone = before.some((one) => RELEASE_KINDS.includes(one.kind) && usedArea(one) === used);
    switch (operation.kind) {
      case 'vread':
      case 'vmalloc_to_page':
      case 'find_vm_area':
        return true;
      case 'set_memory_ro':
        return !isGone && from.kind === 'vmalloc' && from.resetPerms;
      case 'register_vmap_purge_notifier':
        return !isGone && from.kind === 'vmap';
      default:
        return !isGone && (RELEASES[from.kind] ?? []).includes(operation.kind);
    }
  });
}

/** Every sequence whatever of letters with any of the names, those that are programs kept. */
function byBruteForce(letters: readonly Operation[], length: number): string[] {
  const names = Array.from({ length }, (_, index) => areaName(index));
  const anyName = letters.flatMap((letter): Operation[] => {
    if ('area' in letter) return names.map((area) => ({ ...letter, area }));
    if (!('at' in letter) || !('area' in letter.at)) return [letter];
    const { offset } = letter.at;
    return names.map((area) => ({ ...letter, at: { area, offset } }));
  });
  let sequences: (readonly Operation[])[] = [[]];
  for (let n = 0; n < length; n++) {
    sequences = sequences.flatMap((some) => anyName.map((next) => [...some, next]));
  }
  return sequences.filter(isProgram).map(textOf).sort();
}

/** What brute force finds and an enumeration does not. */
function missing(
  enumerate: (spelling: Spelling, length: number) => Iterable<Operation[]>,
  letters: readonly Operation[],
  length: number,
): string[] {
  const there = new Set([...enumerate(spelling(letters), length)].map(textOf));
  return byBruteForce(letters, length).filter((text) => !there.has(text));
}

/** A mistake: an enumeration that passes over a kind of operation. */
function passingOver(kind: Operation['kind']) {
  return function* (spelling: Spelling, length: number): Generator<Operation[]> {
    for (const word of words(spelling, length)) {
      if (!word.some((operation) => operation.kind === kind)) yield word;
    }
  };
}

describe('words', () => {
  const some = everyLetter(START).filter(({ kind }) =>
    ['vm_map_ram', 'vm_unmap_ram', 'vm_unmap_aliases', 'vmap', 'vunmap'].includes(kind),
  );

  it.each([
    ['every letter', everyLetter(START), 1],
    ['every letter', everyLetter(START), 2],
    ['every letter of two CPUs', everyLetter(TWO_CPUS), 2],
    ['some letters', some, 3],
    ['a few letters', some.slice(0, 3), 5],
  ])('are what brute force finds, each once: %s, length %#', (_what, letters, length) => {
    const found = [...words(spelling(letters), length)].map(textOf);
    expect(found.toSorted()).toEqual(byBruteForce(letters, length));
  });

  it('lack nothing, and brute force notices whatever kind is passed over', () => {
    const letters = everyLetter(TWO_CPUS);
    expect(missing(words, letters, 2)).toEqual([]);
    const kinds = new Set(letters.map(({ kind }) => kind));
    // A touch fills a concrete TLB for showing; no property looks at that.
    expect([...kinds].sort()).toEqual(OPERATION_KINDS.filter((kind) => kind !== 'touch').sort());
    for (const kind of kinds) {
      expect(missing(passingOver(kind), letters, 2), kind).not.toEqual([]);
    }
  });

  it('with known letters are those that the known ones do not spell', () => {
    const all = [...words(spelling(some), 3)].map(textOf);
    for (let known = 0; known <= some.length; known++) {
      const before = [...words(spelling(some.slice(0, known)), 3)].map(textOf);
      const others = [...words(spelling(some, known), 3)].map(textOf);
      expect([...before, ...others].sort()).toEqual(all.toSorted());
    }
  });

  it('leave out what is too complex, and nothing else', () => {
    const complexity = 7;
    const within = [...words({ ...spelling(everyLetter(START)), complexity }, 3)].map(textOf);
    const all = [...words(spelling(everyLetter(START)), 3)];
    const plain = all.filter(
      (word) => word.reduce((sum, operation) => sum + complexityOf(operation), 0) <= complexity,
    );
    expect(plain.length).toBeGreaterThan(0);
    expect(within).toEqual(plain.map(textOf));
  });
});

describe('programs', () => {
  const shape: Shape = { machine: TWO_CPUS.machine, length: 3, tasks: 2 };
  const letters = everyLetter(TWO_CPUS).slice(0, 6);
  const all = [...programs(spelling(letters), shape)];

  it('are the words, cut in every way, on every CPU', () => {
    const ways = [...words(spelling(letters), 3)].flatMap((word) =>
      [1, 2].flatMap((cut) =>
        [0, 1].flatMap((first) =>
          [0, 1].map((second) => [
            { cpu: first, operations: word.slice(0, cut) },
            { cpu: second, operations: word.slice(cut) },
          ]),
        ),
      ),
    );
    const texts = ways.map((tasks) => printed({ machine: shape.machine, tasks }));
    expect(new Set(texts).size).toBe(ways.length);
    expect(all.map(printed).sort()).toEqual(texts.sort());
  });

  it('can be run as they are', () => {
    const check = new RunnableCheck();
    expect(all.filter((program) => !check.isRunnable(program))).toEqual([]);
  });

  it('are counted without being made', () => {
    const count = countPrograms(spelling(letters), shape, 1e9);
    expect(count).toBe(all.length);
    expect(countPrograms(spelling(letters, 2), shape, 1e9)).toBe(
      [...programs(spelling(letters, 2), shape)].length,
    );
    expect(countPrograms(spelling(letters), shape, 100)).toBeGreaterThan(100);
  });
});
