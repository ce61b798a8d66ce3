import type { Machine } from '../../models/hardware/machine.ts';
import { areaName, assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario, TaskProgram } from '../scenario/scenario.ts';
import { mayUse } from './alphabet.ts';
import { withPlace } from './edit.ts';
import { isFree } from './family.ts';
import { complexityOf } from './order.ts';

/** What words are made of. */
export interface Spelling {
  readonly letters: readonly Operation[];
  /** How many of the letters were tried before: a word has at least one of the others. */
  readonly known: number;
  /** Sum of `complexityOf` that a word may have at most. */
  readonly complexity: number;
}

/** The shape of programs. */
export interface Shape {
  readonly machine: Machine;
  /** Operations of all tasks together. */
  readonly length: number;
  readonly tasks: number;
}

/**
 * Every program of a shape, each once: the words over the letters that a caller may write, areas
 * named in order of appearance, cut into tasks in every way, each on every online CPU.
 */
export function* programs(
  spelling: Spelling,
  { machine, length, tasks }: Shape,
): Generator<Scenario> {
  for (const operations of words(spelling, length)) {
    for (const parts of partings(operations, tasks)) {
      for (const placed of placements(parts, machine.onlineCpus)) yield { machine, tasks: placed };
    }
  }
}

/** How many programs of a shape there are; something above `most` if they are more than that. */
export function countPrograms(
  spelling: Spelling,
  { machine, length, tasks }: Shape,
  most: number,
): number {
  let ofEach = machine.onlineCpus.length ** tasks;
  for (let cut = 1; cut < tasks; cut++) ofEach = (ofEach * (length - cut)) / cut;
  let count = 0;
  for (const { last } of beginnings(spelling, length)) {
    count += last.length * ofEach;
    if (count > most) break;
  }
  return count;
}

/**
 * Every sequence of so many operations in which each refers to an area that is allocated above it,
 * by a call that fits, and none is given back twice.
 */
export function* words(spelling: Spelling, length: number): Generator<Operation[]> {
  for (const { before, last } of beginnings(spelling, length)) {
    for (const operation of last) yield [...before, operation];
  }
}

/** Words but for their last operation, and what that can be. */
interface Beginning {
  readonly before: readonly Operation[];
  readonly last: readonly Operation[];
}

function* beginnings(
  { letters, known, complexity }: Spelling,
  length: number,
): Generator<Beginning> {
  const costs = letters.map(complexityOf);
  const cheapest = Math.min(...costs);
  yield* from([], known === 0, complexity);

  /** `left`: complexity that the rest of the word may have. */
  function* from(before: readonly Operation[], isNew: boolean, left: number): Generator<Beginning> {
    const after = length - before.length - 1;
    const last: Operation[] = [];
    for (const [index, letter] of letters.entries()) {
      const rest = left - (costs[index] ?? 0);
      if (rest < after * cheapest) continue;
      const isNewHere = isNew || index >= known;
      if (after > 0) {
        for (const next of occurrences(letter, before)) {
          yield* from([...before, next], isNewHere, rest);
        }
      } else if (isNewHere) last.push(...occurrences(letter, before));
    }
    if (after === 0) yield { before, last };
  }
}

/** The operations that a letter can be after others. */
function occurrences(letter: Operation, before: readonly Operation[]): Operation[] {
  const areas = before.filter((operation) => assignedArea(operation) !== null);
  if ('area' in letter) return [{ ...letter, area: areaName(areas.length) }];
  if (usedArea(letter) === null) return [letter];
  return areas.flatMap((allocated, index) => {
    const area = areaName(index);
    const isFreed = before.some((operation) => isFree(operation) && usedArea(operation) === area);
    return mayUse(letter, allocated, isFreed) ? [withPlace(letter, area)] : [];
  });
}

/** The ways to cut a word into so many parts, none of them empty. */
function* partings(word: readonly Operation[], parts: number): Generator<(readonly Operation[])[]> {
  if (parts === 1) {
    yield [word];
    return;
  }
  for (let first = 1; first <= word.length - parts + 1; first++) {
    for (const rest of partings(word.slice(first), parts - 1)) {
      yield [word.slice(0, first), ...rest];
    }
  }
}

/** The ways to put tasks on CPUs. */
function* placements(
  parts: readonly (readonly Operation[])[],
  cpus: readonly number[],
): Generator<TaskProgram[]> {
  const [operations, ...others] = parts;
  if (operations === undefined) {
    yield [];
    return;
  }
  for (const cpu of cpus) {
    for (const rest of placements(others, cpus)) yield [{ cpu, operations }, ...rest];
  }
}
