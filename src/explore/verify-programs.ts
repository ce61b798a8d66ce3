import type { Property } from '../../properties/property.ts';
import type { Subject } from '../subject/port.ts';
import { explore } from './explore.ts';
import type { Covered, Schedule } from './explorer.ts';
import { type Domain, type SmallProgram, smallPrograms } from './small-programs.ts';

/** Some programs of a domain, by their place in its order, and what to watch in them. */
export interface Batch {
  readonly from: number;
  /** The first that is not to be explored any more. */
  readonly to: number;
  /** Names of properties. */
  readonly properties: readonly string[];
}

/** A program that violates a property. */
export interface ProgramViolation {
  readonly property: string;
  /** Its place in the order of the domain. */
  readonly program: number;
  readonly schedule: Schedule;
}

/** What exploring a batch gave. It ends with the first program that violates. */
export interface BatchResult extends Covered {
  readonly from: number;
  /** The first program that was not explored to its end. */
  readonly next: number;
  /** Whether the domain ends there. */
  readonly isEnd: boolean;
  /** Programs that have more interleavings than were to be run. */
  readonly cut: number;
  readonly violation: ProgramViolation | null;
}

/** Programs of a domain by their place in its order, best asked for in that order. */
export class ProgramList {
  readonly #domain: Domain;
  #programs: Generator<SmallProgram>;
  #at = -1;
  #program: SmallProgram | null = null;

  constructor(domain: Domain) {
    this.#domain = domain;
    this.#programs = smallPrograms(domain);
  }

  /** Null: the domain has no more than so many. */
  at(index: number): SmallProgram | null {
    if (index < this.#at) {
      this.#programs = smallPrograms(this.#domain);
      this.#at = -1;
    }
    while (this.#at < index) {
      const { value, done } = this.#programs.next();
      this.#program = done ? null : value;
      this.#at++;
      if (done) break;
    }
    return this.#at === index ? this.#program : null;
  }
}

/**
 * Explores every interleaving of the programs of a batch, up to the order of steps that commute;
 * of a program that has more than `limit`, so many. Deterministic.
 */
export function verifyPrograms(
  subject: Subject,
  programs: ProgramList,
  { from, to }: Batch,
  properties: readonly Property[],
  limit: number,
): BatchResult {
  const covered = { interleavings: 0, redundant: 0, steps: 0 };
  let cut = 0;
  for (let index = from; index < to; index++) {
    const program = programs.at(index);
    if (program === null) {
      return { ...covered, from, next: index, isEnd: true, cut, violation: null };
    }
    const options = { strategy: { kind: 'dpor' }, properties, limit } as const;
    const explored = explore(subject, program.scenario, options);
    covered.interleavings += explored.interleavings;
    covered.redundant += explored.redundant;
    covered.steps += explored.steps;
    if (explored.verdict === 'violated') {
      const { property, schedule } = explored;
      const violation = { property: property.name, program: index, schedule };
      return { ...covered, from, next: index, isEnd: false, cut, violation };
    }
    if (explored.verdict === 'unfinished') cut++;
  }
  return { ...covered, from, next: to, isEnd: false, cut, violation: null };
}
