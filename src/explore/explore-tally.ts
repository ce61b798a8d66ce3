import type { Covered, Exploration, ExploreOptions, Schedule } from './explorer.ts';
import type { InterleavedRun } from './interleaved-run.ts';

/** Interleavings between two reports of progress. */
const PROGRESS_INTERVAL = 1024;

/** Adds up what an exploration ran, and says what it comes to. */
export class Tally {
  interleavings = 0;
  /** Runs that were given up, as others show what they would. */
  redundant = 0;
  steps = 0;
  readonly #options: ExploreOptions;

  constructor(options: ExploreOptions) {
    this.#options = options;
  }

  /** Whether as many interleavings were run as the options allow. */
  get isSpent(): boolean {
    return this.interleavings + this.redundant >= this.#options.limit;
  }

  /**
   * Takes in a run that has come to its end, or to a violation; returns the exploration that ends
   * with it, or null if nothing was violated.
   */
  add(run: InterleavedRun, schedule: Schedule): Exploration | null {
    this.interleavings++;
    this.steps += run.steps;
    if (this.interleavings % PROGRESS_INTERVAL === 0) {
      this.#options.onProgress?.(this.interleavings);
    }
    const [violation] = run.violations;
    if (violation === undefined) return null;
    const { property, detail } = violation;
    return { ...this.#covered(), verdict: 'violated', property, detail, schedule: [...schedule] };
  }

  /** Takes in a run that has nothing new to show. */
  giveUp(run: InterleavedRun): void {
    this.redundant++;
    this.steps += run.steps;
  }

  holds(): Exploration {
    return { ...this.#covered(), verdict: 'holds' };
  }

  unfinished(): Exploration {
    return { ...this.#covered(), verdict: 'unfinished' };
  }

  #covered(): Covered {
    return { interleavings: this.interleavings, redundant: this.redundant, steps: this.steps };
  }
}
