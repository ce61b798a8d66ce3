import type { Scenario } from '../scenario/scenario.ts';
import { ALPHABETS } from './alphabet.ts';
import type { Certificate, Covered } from './certificate.ts';
import { operationsOf } from './edit.ts';
import { compareScenarios } from './order.ts';
import { programs } from './programs.ts';
import { type Level, levelsOf, type Part, smallMachines } from './scope.ts';

/** Runs that a search may make if nothing else is said: about a second. */
export const DEFAULT_BUDGET = 20_000;

/** What trying one program gave, and how many runs it took. */
export interface Trial {
  readonly verdict: 'violated' | 'holds' | 'unfinished';
  readonly runs: number;
}

/** Tries programs. */
export interface Judge {
  /** Preemptions up to which interleavings are run; null where there is one task. */
  readonly preemptions: number | null;
  /** `most`: runs that may be made, 1 at least. */
  try(program: Scenario, most: number): Trial;
}

/** A simpler scenario that violates, or that none was found. */
export type Outcome =
  | { readonly kind: 'simpler'; readonly scenario: Scenario }
  | { readonly kind: 'none'; readonly certificate: Certificate };

/** A level of which every program was tried, and how many those are. */
type Tried = Omit<Level, 'parts'>;

/** All programs of a part were tried. `runs`: charged, whether they were made now or before. */
interface Complete {
  readonly end: 'complete';
  readonly programs: number;
  readonly runs: number;
}

/** Complete passages, by what they went through. */
export type Known = Map<string, Complete>;

/** What going through a part came to. */
type Passage =
  | Complete
  | { readonly end: 'spent' }
  | { readonly end: 'violated'; readonly scenario: Scenario };

/**
 * Goes through all programs of a small scope, level by level, for one that violates and is simpler
 * than a scenario. Deterministic: the budget counts runs, and what an earlier search has been
 * through is charged as if it were run again, so that the certificate of a scenario does not depend
 * on the way to it.
 */
export class SmallScope {
  readonly #judge: Judge;
  readonly #budget: number;
  readonly #known: Known;

  /** `known`: what other searches on the same subject, for the same property, have been through. */
  constructor(judge: Judge, budget: number, known: Known) {
    this.#judge = judge;
    this.#budget = budget;
    this.#known = known;
  }

  /**
   * Looks for a simpler scenario than this one, which is canonical and violates. The levels of the
   * fewest programs come first; one that the budget does not suffice for is not begun.
   */
  search(scenario: Scenario): Outcome {
    const done: Tried[] = [];
    let runs = 0;
    for (const level of cheapestFirst(levelsOf(scenario, this.#budget))) {
      if (runs + level.programs > this.#budget) break;
      let count = 0;
      for (const part of level.parts) {
        const passage = this.#pass(part, scenario, this.#budget - runs);
        if (passage.end === 'violated') return { kind: 'simpler', scenario: passage.scenario };
        if (passage.end === 'spent') return this.#none(scenario, done);
        runs += passage.runs;
        count += passage.programs;
      }
      done.push({ alphabet: level.alphabet, length: level.length, programs: count });
    }
    return this.#none(scenario, done);
  }

  #none(scenario: Scenario, done: readonly Tried[]): Outcome {
    const operations = operationsOf(scenario).length;
    return {
      kind: 'none',
      certificate: {
        operations,
        tasks: scenario.tasks.length,
        preemptions: this.#judge.preemptions,
        cpus: scenario.machine.onlineCpus.length,
        machines: smallMachines(scenario.machine).length,
        shorter: covered(done, 1, operations - 1),
        simpler: covered(done, operations, operations),
        budget: this.#budget,
      },
    };
  }

  /** Goes through a part, unless it is known to hold nothing, in `most` runs. */
  #pass(part: Part, scenario: Scenario, most: number): Passage {
    const key = this.#keyOf(part, scenario);
    const known = this.#known.get(key);
    if (known !== undefined) return known.runs <= most ? known : { end: 'spent' };
    const isShorter = part.shape.length < operationsOf(scenario).length;
    let count = 0;
    let runs = 0;
    for (const program of programs(part.spelling, part.shape)) {
      if (!isShorter && compareScenarios(program, scenario) >= 0) continue;
      if (runs >= most) return { end: 'spent' };
      const trial = this.#judge.try(program, most - runs);
      if (trial.verdict === 'unfinished') return { end: 'spent' };
      if (trial.verdict === 'violated') return { end: 'violated', scenario: program };
      runs += trial.runs;
      count++;
    }
    const passage: Complete = { end: 'complete', programs: count, runs };
    this.#known.set(key, passage);
    return passage;
  }

  /** What the outcome depends on; of the scenario that is to be simplified, if it is as long. */
  #keyOf({ spelling, shape }: Part, scenario: Scenario): string {
    const { machine, length, tasks } = shape;
    const isShorter = length < operationsOf(scenario).length;
    return JSON.stringify([
      machine,
      length,
      tasks,
      spelling,
      this.#judge.preemptions,
      isShorter ? null : scenario,
    ]);
  }
}

/** Each level after that of the same length over the alphabet before, otherwise by their cost. */
function* cheapestFirst(levels: readonly Level[]): Generator<Level> {
  const left = [...levels];
  while (left.length > 0) {
    const ready = left.filter((one, at) => at === left.findIndex((a) => a.length === one.length));
    const next = ready.reduce((a, b) => (b.programs < a.programs ? b : a));
    left.splice(left.indexOf(next), 1);
    yield next;
  }
}

/**
 * Of each alphabet, the programs of `first` to `last` operations that were tried, up to the first
 * length of which some were not.
 */
function covered(done: readonly Tried[], first: number, last: number): Covered[] {
  return ALPHABETS.map((alphabet, index) => {
    const within = ALPHABETS.slice(0, index + 1);
    let length = first - 1;
    let programs = 0;
    for (; length < last; length++) {
      const levels = done.filter(
        (one) => one.length === length + 1 && within.includes(one.alphabet),
      );
      if (levels.length < within.length) break;
      for (const level of levels) programs += level.programs;
    }
    return { alphabet, length, programs };
  });
}
