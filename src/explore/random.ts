/** A small seeded generator of 32-bit numbers (xorshift32): for bulk runs, not for statistics. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // A seed of 0 would stay 0; neighbouring seeds must not give neighbouring sequences.
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) | 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** The next number, 0 .. 2^32 - 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A number of 0 .. limit - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }
}
