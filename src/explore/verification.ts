import type { Covered } from './explorer.ts';
import type { Batch, BatchResult, ProgramViolation } from './verify-programs.ts';

/** How much is to be explored this time. */
export interface Portion {
  /** The first program that is not. */
  readonly until: number;
  /** Programs of a batch. */
  readonly batch: number;
}

/** How far a verification has come. It can be written down, and gone on from. */
export interface VerifyProgress extends Covered {
  /** The first program that was not explored to its end. */
  readonly next: number;
  /** Whether all programs of the domain were. */
  readonly isEnd: boolean;
  /** Programs that had more interleavings than were to be run. */
  readonly cut: number;
  /** In the order of their programs, one of each property. */
  readonly violations: readonly ProgramViolation[];
}

export const NOTHING_VERIFIED: VerifyProgress = {
  next: 0,
  isEnd: false,
  cut: 0,
  interleavings: 0,
  redundant: 0,
  steps: 0,
  violations: [],
};

/**
 * Hands out the programs of a domain to whoever explores them, and adds up what that gave in the
 * order of the programs: it comes to the same however many explore beside each other. A violation
 * ends it, or else, with `goesOn`, the watching of that property: everything from that program on
 * is then explored without it.
 */
export class Verification {
  readonly #properties: readonly string[];
  readonly #goesOn: boolean;
  readonly #portion: Portion;
  #progress: VerifyProgress;
  /** The first program that nobody was given so far. */
  #handedTo: number;
  /** Changes when what was handed out is of no use any more. */
  #round = 0;
  readonly #rounds = new WeakMap<Batch, number>();
  /** What came in while what is before it is still out. */
  readonly #waiting = new Map<number, BatchResult>();

  constructor(
    properties: readonly string[],
    goesOn: boolean,
    progress: VerifyProgress,
    portion: Portion,
  ) {
    this.#properties = properties;
    this.#goesOn = goesOn;
    this.#portion = portion;
    this.#progress = progress;
    this.#handedTo = progress.next;
  }

  get progress(): VerifyProgress {
    return this.#progress;
  }

  /** The properties that nothing has violated so far. */
  get watched(): readonly string[] {
    const violated = new Set(this.#progress.violations.map(({ property }) => property));
    return this.#properties.filter((name) => !violated.has(name));
  }

  /** Whether every program was explored, or those that decide. */
  get isDone(): boolean {
    const { isEnd, violations } = this.#progress;
    return isEnd || (violations.length > 0 && !this.#goesOn) || this.watched.length === 0;
  }

  /** Whether there is something left to explore this time. */
  get canGoOn(): boolean {
    return !this.isDone && this.#progress.next < this.#portion.until;
  }

  /** What to explore next; null if that depends on what is out, or if there is nothing left. */
  take(): Batch | null {
    if (!this.canGoOn || this.#handedTo >= this.#portion.until) return null;
    for (const { violation, isEnd } of this.#waiting.values()) {
      if (violation !== null || isEnd) return null;
    }
    const from = this.#handedTo;
    this.#handedTo = Math.min(from + this.#portion.batch, this.#portion.until);
    const batch = { from, to: this.#handedTo, properties: this.watched };
    this.#rounds.set(batch, this.#round);
    return batch;
  }

  /** Takes in what exploring a batch gave. */
  give(batch: Batch, result: BatchResult): void {
    if (this.#rounds.get(batch) !== this.#round) return;
    this.#waiting.set(result.from, result);
    for (;;) {
      const ready = this.#waiting.get(this.#progress.next);
      if (ready === undefined || !this.canGoOn) return;
      this.#waiting.delete(this.#progress.next);
      this.#add(ready);
    }
  }

  #add(result: BatchResult): void {
    const { next, isEnd, violation } = result;
    const { cut, interleavings, redundant, steps, violations } = this.#progress;
    this.#progress = {
      next,
      isEnd,
      cut: cut + result.cut,
      interleavings: interleavings + result.interleavings,
      redundant: redundant + result.redundant,
      steps: steps + result.steps,
      violations: violation === null ? violations : [...violations, violation],
    };
    if (violation === null) return;
    this.#round++;
    this.#waiting.clear();
    this.#handedTo = next;
  }
}
