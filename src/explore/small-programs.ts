import type { Machine } from '../../models/hardware/machine.ts';
import { areaName } from '../scenario/names.ts';
import type { Operation, Place } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What tasks may call. An allocation brings the call that gives its area back. */
export const CALLS = [
  'vm_map_ram',
  'vmalloc',
  'vmalloc-reset-perms',
  'vm_unmap_aliases',
  'vread',
  'shrink',
] as const;

export type SmallCall = (typeof CALLS)[number];

/**
 * Of these a program has one at most. That leaves programs out, and keeps their number down: a read
 * changes nothing, and the second shrink finds next to nothing.
 */
const ONCE: readonly SmallCall[] = ['vread', 'shrink'];
const ALLOCATIONS: readonly SmallCall[] = ['vm_map_ram', 'vmalloc', 'vmalloc-reset-perms'];

/** Pages that a vread asks for, from the first of the vmalloc space on. */
const READ_PAGES = 2;

/** What small programs are made of, and run on. */
export interface Domain {
  readonly tasks: number;
  /** Operations of a task: one at least, and at most so many. */
  readonly operations: number;
  readonly calls: readonly SmallCall[];
  readonly machines: readonly Machine[];
}

/** A small program, and how many operations its tasks have together. */
export interface SmallProgram {
  readonly size: number;
  readonly scenario: Scenario;
}

/** One operation. `area`: the n-th area of the program, -1 for a call that has none. */
interface Letter {
  readonly call: SmallCall;
  readonly area: number;
  readonly frees: boolean;
}

type Word = readonly Letter[];

/** What the words before leave to the next ones. */
interface Left {
  /** Areas that nobody gives back so far. */
  readonly areas: readonly number[];
  /** Areas named so far. */
  readonly names: number;
  /** What areas are allocated with. */
  readonly allocation: SmallCall | null;
  readonly once: boolean;
}

const NOTHING: Left = { areas: [], names: 0, allocation: null, once: false };

/**
 * Every program of the domain once, up to symmetry: the fewest operations first, always in the same
 * order. A task gives back areas of its own, and of tasks before it; every area is given back once
 * at most, and all areas of a program come from the same function.
 *
 * Not lost by that: an area that two calls give back. Whichever comes later is passed over, as if
 * the program did not have it. Of programs that differ in the names of areas, or in which task is
 * called the first, there is one: a name is only ever a name, and no property or kernel looks at a
 * task's number. Programs that differ in their CPUs alone are all there: v6.4 and later choose an
 * xarray by address, and CPUs are then not alike.
 */
export function* smallPrograms(domain: Domain): Generator<SmallProgram> {
  const { tasks, operations } = domain;
  for (let size = tasks; size <= tasks * operations; size++) {
    for (const lengths of parts(size, tasks, operations)) {
      for (const words of wordsOf(domain.calls, lengths, NOTHING)) {
        for (const machine of domain.machines) {
          for (const cpus of placements(machine.onlineCpus, tasks)) {
            if (!isLeast(words, cpus)) continue;
            yield { size, scenario: { machine, tasks: programsOf(words, cpus) } };
          }
        }
      }
    }
  }
}

/** A sum as `count` numbers of 1 .. most, the large ones first. */
function* parts(sum: number, count: number, most: number): Generator<readonly number[]> {
  if (count === 0) {
    if (sum === 0) yield [];
    return;
  }
  for (let first = Math.min(most, sum); first > 0; first--) {
    for (const rest of parts(sum - first, count - 1, most)) yield [first, ...rest];
  }
}

function* wordsOf(
  calls: readonly SmallCall[],
  [length, ...lengths]: readonly number[],
  left: Left,
): Generator<readonly Word[]> {
  if (length === undefined) {
    yield [];
    return;
  }
  for (const [word, after] of continued(calls, length, left)) {
    for (const rest of wordsOf(calls, lengths, after)) yield [word, ...rest];
  }
}

function* continued(
  calls: readonly SmallCall[],
  length: number,
  left: Left,
): Generator<[Word, Left]> {
  if (length === 0) {
    yield [[], left];
    return;
  }
  for (const [letter, after] of next(calls, left)) {
    for (const [rest, last] of continued(calls, length - 1, after)) yield [[letter, ...rest], last];
  }
}

function* next(calls: readonly SmallCall[], left: Left): Generator<[Letter, Left]> {
  const { areas, names, allocation, once } = left;
  for (const call of calls) {
    if (ALLOCATIONS.includes(call)) {
      if (allocation !== null && allocation !== call) continue;
      const after = { areas: [...areas, names], names: names + 1, allocation: call, once };
      yield [{ call, area: names, frees: false }, after];
    } else {
      const isOnce = ONCE.includes(call);
      if (isOnce && once) continue;
      yield [
        { call, area: -1, frees: false },
        { ...left, once: once || isOnce },
      ];
    }
  }
  if (allocation === null) return;
  for (const area of areas) {
    const rest = areas.filter((other) => other !== area);
    yield [
      { call: allocation, area, frees: true },
      { ...left, areas: rest },
    ];
  }
}

/** CPUs for tasks: each CPU has a task as long as there are enough, and none two before. */
function placements(cpus: readonly number[], tasks: number): readonly (readonly number[])[] {
  const distinct = Math.min(cpus.length, tasks);
  const all = Array.from({ length: tasks }).reduce<number[][]>(
    (before) => before.flatMap((some) => cpus.map((cpu) => [...some, cpu])),
    [[]],
  );
  return all.filter((some) => new Set(some).size === distinct);
}

/** Whether no other order of the tasks gives the same program in a text that comes earlier. */
function isLeast(words: readonly Word[], cpus: readonly number[]): boolean {
  const tasks = words.map((word, task) => ({ word, cpu: cpus[task] ?? 0 }));
  const own = textOf(tasks);
  for (const order of orders(tasks)) {
    const other = textOf(order);
    if (other !== null && own !== null && other < own) return false;
  }
  return true;
}

interface Placed {
  readonly word: Word;
  readonly cpu: number;
}

/** Equal for equal programs. Null if an area is given back in a task before the one that has it. */
function textOf(tasks: readonly Placed[]): string | null {
  const names = new Map<number, number>();
  let text = '';
  for (const { word, cpu } of tasks) {
    text += `|${cpu}`;
    for (const { call, area, frees } of word) {
      if (!frees && area >= 0) names.set(area, names.size);
      const name = area < 0 ? 0 : names.get(area);
      if (name === undefined) return null;
      text += `,${CALLS.indexOf(call)}${frees ? '-' : '+'}${name}`;
    }
  }
  return text;
}

function* orders<T>(all: readonly T[]): Generator<T[]> {
  if (all.length === 0) yield [];
  for (const [at, first] of all.entries()) {
    for (const rest of orders(all.toSpliced(at, 1))) yield [first, ...rest];
  }
}

function programsOf(words: readonly Word[], cpus: readonly number[]): Scenario['tasks'] {
  return words.map((word, task) => ({ cpu: cpus[task] ?? 0, operations: word.map(operationOf) }));
}

function operationOf({ call, area, frees }: Letter): Operation {
  const name = areaName(area);
  const at: Place = { area: name, offset: 0 };
  switch (call) {
    case 'vm_map_ram':
      return frees
        ? { kind: 'vm_unmap_ram', at, pages: null }
        : { kind: 'vm_map_ram', area: name, pages: 1 };
    case 'vmalloc':
    case 'vmalloc-reset-perms': {
      if (frees) return { kind: 'vfree', at };
      const resetPerms = call === 'vmalloc-reset-perms';
      return { kind: 'vmalloc', area: name, pages: 1, align: 1, range: 'vmalloc', resetPerms };
    }
    case 'vread':
      return { kind: 'vread', at: { vpn: 0 }, pages: READ_PAGES };
    case 'vm_unmap_aliases':
    case 'shrink':
      return { kind: call };
  }
}
