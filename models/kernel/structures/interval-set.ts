const INITIAL_CAPACITY = 16;

/**
 * A set of pages, held as disjoint ranges [start, end) of vpn in ascending order that do not touch.
 * Page numbers may be negative, and -Infinity and Infinity are allowed as bounds.
 */
export class IntervalSet {
  /** start, end, start, end, ... ascending; the first `#length` numbers are in use. */
  #bounds = new Float64Array(INITIAL_CAPACITY);
  #length = 0;

  /** Ranges in the set. */
  get rangeCount(): number {
    return this.#length / 2;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Adds the pages of [start, end); an empty range adds nothing. */
  add(start: number, end: number): void {
    if (start >= end) return;
    // Ranges that only touch [start, end) become one with it.
    const from = this.#boundsBelow(start);
    const to = this.#boundsUpTo(end);
    const keepsStart = from % 2 === 1;
    const keepsEnd = to % 2 === 1;
    this.#replace(from, to, keepsStart ? Number.NaN : start, keepsEnd ? Number.NaN : end);
  }

  /** Removes the pages of [start, end); an empty range removes nothing. */
  remove(start: number, end: number): void {
    if (start >= end) return;
    const from = this.#boundsBelow(start);
    const to = this.#boundsUpTo(end);
    const cutsRange = from % 2 === 1;
    const leavesRest = to % 2 === 1;
    this.#replace(from, to, cutsRange ? start : Number.NaN, leavesRest ? end : Number.NaN);
  }

  /** Whether every page of [start, end) is in the set; true of an empty range. */
  covers(start: number, end: number): boolean {
    if (start >= end) return true;
    const at = this.#boundsUpTo(start);
    return at % 2 === 1 && end <= this.#bound(at);
  }

  /** How many pages of [start, end) are in the set. */
  countWithin(start: number, end: number): number {
    let count = 0;
    for (let i = this.#boundsUpTo(start) & ~1; i < this.#length; i += 2) {
      const from = Math.max(start, this.#bound(i));
      const to = Math.min(end, this.#bound(i + 1));
      if (from >= end) break;
      if (from < to) count += to - from;
    }
    return count;
  }

  /** Calls `visit` with every range [start, end), ascending. The set must not change meanwhile. */
  forEach(visit: (start: number, end: number) => void): void {
    for (let i = 0; i < this.#length; i += 2) visit(this.#bound(i), this.#bound(i + 1));
  }

  /** The same for the parts of ranges that lie in [start, end). */
  forEachWithin(start: number, end: number, visit: (start: number, end: number) => void): void {
    for (let i = this.#boundsUpTo(start) & ~1; i < this.#length; i += 2) {
      const from = Math.max(start, this.#bound(i));
      const to = Math.min(end, this.#bound(i + 1));
      if (from >= end) break;
      if (from < to) visit(from, to);
    }
  }

  #bound(index: number): number {
    return this.#bounds[index] ?? Number.NaN;
  }

  /** How many bounds are below `vpn`; odd if the page before `vpn` is in the set. */
  #boundsBelow(vpn: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bound(middle) < vpn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many bounds are at or below `vpn`; odd if the page `vpn` is in the set. */
  #boundsUpTo(vpn: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bound(middle) <= vpn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts those of two new bounds that are not NaN in the place of bounds [from, to). */
  #replace(from: number, to: number, first: number, second: number): void {
    const added = (Number.isNaN(first) ? 0 : 1) + (Number.isNaN(second) ? 0 : 1);
    const length = this.#length - (to - from) + added;
    if (length > this.#bounds.length) this.#grow();
    this.#bounds.copyWithin(from + added, to, this.#length);
    let at = from;
    if (!Number.isNaN(first)) this.#bounds[at++] = first;
    if (!Number.isNaN(second)) this.#bounds[at] = second;
    this.#length = length;
  }

  #grow(): void {
    const grown = new Float64Array(this.#bounds.length * 2);
    grown.set(this.#bounds);
    this.#bounds = grown;
  }
}
