import { grouped } from '../report/words.ts';
import type { Io } from './io.ts';

const FIRST_AFTER_MS = 1_000;
const BETWEEN_MS = 100;
const ERASE_LINE = '\r\u001b[K';

/** Shows on a terminal how many runs are done, once that has taken more than a second. */
export class Progress {
  readonly #io: Io;
  readonly #runs: number;
  #nextAt: number;
  #isShown = false;

  constructor(io: Io, runs: number) {
    this.#io = io;
    this.#runs = runs;
    this.#nextAt = io.now() + FIRST_AFTER_MS;
  }

  /** So many runs are done. */
  done(runs: number): void {
    if (!this.#io.isTerminal || this.#io.now() < this.#nextAt) return;
    this.#nextAt = this.#io.now() + BETWEEN_MS;
    this.#isShown = true;
    this.#io.stderr(`${ERASE_LINE}${grouped(runs)} of ${grouped(this.#runs)} runs`);
  }

  /** Leaves the terminal as it was. */
  close(): void {
    if (this.#isShown) this.#io.stderr(ERASE_LINE);
  }
}
