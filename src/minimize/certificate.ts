import type { AlphabetName } from './alphabet.ts';

/** Programs that were all tried, of up to so many operations. */
export interface Covered {
  readonly alphabet: AlphabetName;
  /** Operations of the longest. */
  readonly length: number;
  /** A program counts anew on another machine, and on other CPUs. */
  readonly programs: number;
}

/** What a small-scope search that found nothing simpler than a scenario has looked at. */
export interface Certificate {
  /** Operations of the scenario. */
  readonly operations: number;
  /** Tasks of the scenario, and of a program at most. */
  readonly tasks: number;
  /** Preemptions up to which the interleavings of each program were run; null for one task. */
  readonly preemptions: number | null;
  /** CPUs of each machine. */
  readonly cpus: number;
  readonly machines: number;
  /** The shorter programs that were tried of each alphabet, the smallest first. */
  readonly shorter: readonly Covered[];
  /** The simpler ones of as many operations; a length that is less says that not all were. */
  readonly simpler: readonly Covered[];
  /** Runs of programs, and of their interleavings, that could be made. */
  readonly budget: number;
}

/**
 * The largest alphabet of which every shorter program was tried, at least the calls that the
 * scenario has; null: it is not certified that there is no shorter one.
 */
export function certified({ operations, shorter }: Certificate): Covered | null {
  return largest(shorter, operations - 1);
}

/** The same for the simpler programs of as many operations. */
export function certifiedSimplest({ operations, simpler }: Certificate): Covered | null {
  return largest(simpler, operations);
}

function largest(covered: readonly Covered[], wanted: number): Covered | null {
  return (
    covered.findLast(({ length, alphabet }) => length === wanted && alphabet !== 'block') ?? null
  );
}
