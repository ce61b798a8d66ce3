import type { AtomicLong } from './kernel-base.ts';

/** A counter that remembers the most it has been. */
export class PeakCounter implements AtomicLong {
  readonly label: string;
  peak = 0;
  #value = 0;

  constructor(label: string) {
    this.label = label;
  }

  get value(): number {
    return this.#value;
  }

  set value(value: number) {
    this.#value = value;
    if (value > this.peak) this.peak = value;
  }
}
