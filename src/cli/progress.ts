import { grouped } from '../report/words.ts';
import type { Io } from './io.ts';

const FIRST_AFTER_MS = 1_000;
const BETWEEN_MS = 100;
/** Empties the line of a terminal that the cursor is on. */
export const ERASE_LINE = '\r\u001b[K';

/** Shows on a terminal how much is done, once that has taken more than a second. */
export class Progress {
  readonly #io: Io;
  readonly #count: number;
  readonly #noun: string;
  #nextAt: number;
  #isShown = false;

  /** `noun`: what there are `count` of, in the plural. */
  constructor(io: Io, count = 0, noun = 'runs') {
    this.#io = io;
    this.#count = count;
    this.#noun = noun;
    this.#nextAt = io.now() + FIRST_AFTER_MS;
  }

  /** So many are done. */
  done(done: number): void {
    this.show(() => `${grouped(done)} of ${grouped(this.#count)} ${this.#noun}`);
  }

  /** Shows other words instead. */
  show(text: () => string): void {
    if (!this.#io.isTerminal || this.#io.now() < this.#nextAt) return;
    this.#nextAt = this.#io.now() + BETWEEN_MS;
    this.#isShown = true;
    this.#io.stderr(`${ERASE_LINE}${text()}`);
  }

  /** Leaves the terminal as it was. */
  close(): void {
    if (this.#isShown) this.#io.stderr(ERASE_LINE);
  }
}
