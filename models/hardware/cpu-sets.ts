/** The set of all CPUs: shared by everybody, never stored. */
export const ALL_CPUS = 0;
/** The set of no CPU: what `without` returns when the last CPU has gone. */
export const NO_CPU = -1;

const WORD_BITS = 32;

/** Slots there is room for once one is needed. */
const FIRST_ROOM = 8;
const NO_BITS = new Uint32Array(0);
const NO_SIZES = new Int32Array(0);

/**
 * CPU sets by number. Nearly every set is "all CPUs", which costs nothing; a set that lost some
 * CPU gets a slot of bits of its own. A slot has one owner, which releases it or passes it on.
 */
export class CpuSets {
  readonly #cpus: number;
  readonly #words: number;
  /** Slot n (from 1) has the words [n * words, (n + 1) * words) and sizes[n] CPUs. */
  #bits = NO_BITS;
  #sizes = NO_SIZES;
  #used = 1;
  readonly #free: number[] = [];

  /** @param cpus how many CPUs there are, indices 0 .. cpus - 1. */
  constructor(cpus: number) {
    this.#cpus = cpus;
    this.#words = Math.ceil(cpus / WORD_BITS);
  }

  has(set: number, cpu: number): boolean {
    if (set === ALL_CPUS) return true;
    const word = this.#bits[set * this.#words + (cpu >>> 5)] ?? 0;
    return ((word >>> (cpu & 31)) & 1) === 1;
  }

  /** The owned `set` less one CPU it has: the same slot, a new one instead of ALL, or NO_CPU. */
  without(set: number, cpu: number): number {
    if (this.#cpus === 1) return NO_CPU;
    const slot = set === ALL_CPUS ? this.#allocate() : set;
    if (set === ALL_CPUS) this.#fill(slot);
    const left = (this.#sizes[slot] ?? 0) - 1;
    if (left === 0) {
      this.release(slot);
      return NO_CPU;
    }
    this.#sizes[slot] = left;
    const word = slot * this.#words + (cpu >>> 5);
    this.#bits[word] = (this.#bits[word] ?? 0) & ~(1 << (cpu & 31));
    return slot;
  }

  /** An equal set with an owner of its own. */
  copy(set: number): number {
    if (set === ALL_CPUS) return ALL_CPUS;
    const slot = this.#allocate();
    const from = set * this.#words;
    this.#bits.copyWithin(slot * this.#words, from, from + this.#words);
    this.#sizes[slot] = this.#sizes[set] ?? 0;
    return slot;
  }

  equal(a: number, b: number): boolean {
    if (a === b) return true;
    if (a === ALL_CPUS || b === ALL_CPUS || this.#sizes[a] !== this.#sizes[b]) return false;
    const wordsOfA = a * this.#words;
    const wordsOfB = b * this.#words;
    for (let word = 0; word < this.#words; word++) {
      if (this.#bits[wordsOfA + word] !== this.#bits[wordsOfB + word]) return false;
    }
    return true;
  }

  /** The owner gives a set up. */
  release(set: number): void {
    if (set !== ALL_CPUS) this.#free.push(set);
  }

  /** Forgets every set. */
  reset(): void {
    this.#used = 1;
    this.#free.length = 0;
  }

  #allocate(): number {
    const reused = this.#free.pop();
    if (reused !== undefined) return reused;
    const slot = this.#used++;
    if (slot >= this.#sizes.length) {
      const room = Math.max(slot * 2, FIRST_ROOM);
      const sizes = new Int32Array(room);
      sizes.set(this.#sizes);
      this.#sizes = sizes;
      const bits = new Uint32Array(room * this.#words);
      bits.set(this.#bits);
      this.#bits = bits;
    }
    return slot;
  }

  #fill(slot: number): void {
    const from = slot * this.#words;
    this.#bits.fill(0xffffffff, from, from + this.#words);
    this.#sizes[slot] = this.#cpus;
  }
}
