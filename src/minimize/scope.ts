import type { Machine } from '../../models/hardware/machine.ts';
import { machineProblem } from '../scenario/machine.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ALPHABETS, type AlphabetName, lettersFor } from './alphabet.ts';
import { operationsOf } from './edit.ts';
import { complexityOf } from './order.ts';
import { countPrograms, type Shape, type Spelling } from './programs.ts';

/** Programs of one shape and one spelling. */
export interface Part {
  readonly spelling: Spelling;
  readonly shape: Shape;
}

/** All programs of one length over an alphabet, but for those over the alphabet before it. */
export interface Level {
  readonly alphabet: AlphabetName;
  readonly length: number;
  readonly parts: readonly Part[];
  /** Programs, or something above what was said to be too many. */
  readonly programs: number;
}

/**
 * The levels of a scenario's small scope: programs that are shorter than it, or as long, of as many
 * tasks at most. `most`: more programs than that are too many to be counted.
 */
export function levelsOf(scenario: Scenario, most: number): Level[] {
  const levels: Level[] = [];
  for (let length = 1; length <= operationsOf(scenario).length; length++) {
    for (const alphabet of ALPHABETS) {
      const parts = partsOf(scenario, alphabet, length);
      let programs = 0;
      for (const { spelling, shape } of parts) {
        if (programs <= most) programs += countPrograms(spelling, shape, most);
      }
      levels.push({ alphabet, length, parts, programs });
      // With more letters there are more of them, and longer ones are more as well.
      if (programs > most) break;
    }
  }
  return levels;
}

function partsOf(scenario: Scenario, alphabet: AlphabetName, length: number): Part[] {
  const parts: Part[] = [];
  for (let tasks = 1; tasks <= Math.min(length, scenario.tasks.length); tasks++) {
    for (const machine of smallMachines(scenario.machine)) {
      const shape = { machine, length, tasks };
      parts.push({ shape, spelling: spellingOf(scenario, alphabet, shape) });
    }
  }
  return parts;
}

/** The letters of an alphabet, those of the alphabets before it being known. */
function spellingOf(scenario: Scenario, alphabet: AlphabetName, shape: Shape): Spelling {
  const all = lettersFor(scenario, shape.machine);
  const index = ALPHABETS.indexOf(alphabet);
  const before = ALPHABETS.slice(0, index).flatMap((name) => all[name]);
  const operations = operationsOf(scenario);
  // What is simpler, but neither shorter nor of fewer tasks, has no more complex calls.
  const isBounded = shape.length === operations.length && shape.tasks === scenario.tasks.length;
  const complexity = operations.reduce((sum, operation) => sum + complexityOf(operation), 0);
  return {
    letters: [...before, ...all[alphabet]],
    known: before.length,
    complexity: isBounded ? complexity : Number.POSITIVE_INFINITY,
  };
}

/**
 * The machine of a scenario, and the same with blocks of two pages, of four, of two where space
 * runs out, and of two where memory does.
 */
export function smallMachines(machine: Machine): Machine[] {
  const all = [
    machine,
    { ...machine, vmapBbmapBits: 2, vmapMaxAlloc: 1 },
    { ...machine, vmapBbmapBits: 4, vmapMaxAlloc: 2 },
    { ...machine, vmapBbmapBits: 2, vmapMaxAlloc: 1, vmallocPages: 2 },
    { ...machine, vmapBbmapBits: 2, vmapMaxAlloc: 1, vmallocPages: 4, ramPages: 1 },
  ];
  const texts = all.map(printMachineSpec);
  return all.filter(
    (each, index) => texts.indexOf(texts[index] ?? '') === index && machineProblem(each) === null,
  );
}
