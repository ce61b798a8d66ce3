import { ALL_CPUS, CpuSets, NO_CPU } from './cpu-sets.ts';
import type { StaleTlb } from './tlb.ts';

/** Below this many moved numbers a loop beats the call of copyWithin. */
const SHORT_MOVE = 16;

/** Intervals there is room for once there is one. */
const FIRST_ROOM = 4;
const NO_BOUNDS = new Float64Array(0);
const NO_SETS = new Int32Array(0);

/**
 * The adversarial TLB by range: disjoint stale intervals, ascending, each with the CPUs that may
 * still hold it. A flush by all CPUs is one removal, whatever the number of CPUs and pages.
 */
export class FastStaleTlb implements StaleTlb {
  readonly #cpuSets: CpuSets;
  /** Interval i is [bounds[2i], bounds[2i + 1]) and stale on the CPUs of sets[i]. */
  #bounds = NO_BOUNDS;
  #sets = NO_SETS;
  #count = 0;

  /** @param cpus online CPUs of the machine, 1 or more. */
  constructor(cpus: number) {
    this.#cpuSets = new CpuSets(cpus);
  }

  cleared(start: number, end: number): void {
    if (!(start < end)) return;
    const at = this.#carve(start, end);
    const touchesLeft = at > 0 && this.#end(at - 1) === start && this.#sets[at - 1] === ALL_CPUS;
    const touchesRight = at < this.#count && this.#start(at) === end && this.#sets[at] === ALL_CPUS;
    if (touchesLeft && touchesRight) {
      this.#bounds[2 * at - 1] = this.#end(at);
      this.#remove(at, at + 1);
    } else if (touchesLeft) {
      this.#bounds[2 * at - 1] = end;
    } else if (touchesRight) {
      this.#bounds[2 * at] = start;
    } else {
      this.#insert(at, start, end, ALL_CPUS);
    }
  }

  invalidate(cpu: number, start: number, end: number): void {
    if (!(start < end)) return;
    let read = this.#firstEndingAfter(start);
    if (read === this.#count || this.#start(read) >= end) return;
    if (this.#start(read) < start) {
      if (this.#cpuSets.has(this.#set(read), cpu)) this.#split(read, start);
      read++;
    }
    let write = read;
    for (; read < this.#count && this.#start(read) < end; read++) {
      let set = this.#set(read);
      if (this.#cpuSets.has(set, cpu)) {
        if (this.#end(read) > end) this.#split(read, end);
        set = this.#cpuSets.without(set, cpu);
      }
      if (set !== NO_CPU) write = this.#place(write, this.#start(read), this.#end(read), set);
    }
    if (read < this.#count) {
      write = this.#place(write, this.#start(read), this.#end(read), this.#set(read));
      read++;
    }
    this.#remove(write, read);
  }

  invalidateAll(start: number, end: number): void {
    if (start < end) this.#carve(start, end);
  }

  firstStale(start: number, end: number): number {
    const at = this.#firstEndingAfter(start);
    if (at === this.#count) return Number.NaN;
    const first = Math.max(this.#start(at), start);
    return first < end ? first : Number.NaN;
  }

  firstStaleOn(cpu: number, start: number, end: number): number {
    for (let at = this.#firstEndingAfter(start); at < this.#count; at++) {
      const first = Math.max(this.#start(at), start);
      if (first >= end) return Number.NaN;
      if (this.#cpuSets.has(this.#set(at), cpu)) return first;
    }
    return Number.NaN;
  }

  countStale(start: number, end: number): number {
    if (!(start < end)) return 0;
    let pages = 0;
    for (let at = this.#firstEndingAfter(start); at < this.#count; at++) {
      if (this.#start(at) >= end) break;
      pages += Math.min(this.#end(at), end) - Math.max(this.#start(at), start);
    }
    return pages;
  }

  reset(): void {
    this.#count = 0;
    this.#cpuSets.reset();
  }

  #start(at: number): number {
    return this.#bounds[2 * at] ?? Number.NaN;
  }

  #end(at: number): number {
    return this.#bounds[2 * at + 1] ?? Number.NaN;
  }

  #set(at: number): number {
    return this.#sets[at] ?? ALL_CPUS;
  }

  /** Index of the first interval that ends above `page`; the count if there is none. */
  #firstEndingAfter(page: number): number {
    let low = 0;
    let high = this.#count;
    if (high > 0 && this.#end(high - 1) <= page) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#end(middle) > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Removes [start, end) on every CPU; returns where an interval of that range belongs. */
  #carve(start: number, end: number): number {
    let from = this.#firstEndingAfter(start);
    if (from === this.#count || this.#start(from) >= end) return from;
    if (this.#start(from) < start) {
      if (this.#end(from) > end) this.#split(from, end);
      this.#bounds[2 * from + 1] = start;
      from++;
    }
    let to = from;
    for (; to < this.#count && this.#end(to) <= end; to++) this.#cpuSets.release(this.#set(to));
    if (to < this.#count && this.#start(to) < end) this.#bounds[2 * to] = end;
    this.#remove(from, to);
    return from;
  }

  /** Cuts an interval in two at a page inside it. */
  #split(at: number, page: number): void {
    this.#insert(at + 1, page, this.#end(at), this.#cpuSets.copy(this.#set(at)));
    this.#bounds[2 * at + 1] = page;
  }

  /** Writes an interval at `at`, or joins it to the one before; returns the next free index. */
  #place(at: number, start: number, end: number, set: number): number {
    if (at > 0 && this.#end(at - 1) === start && this.#cpuSets.equal(this.#set(at - 1), set)) {
      this.#bounds[2 * at - 1] = end;
      this.#cpuSets.release(set);
      return at;
    }
    this.#bounds[2 * at] = start;
    this.#bounds[2 * at + 1] = end;
    this.#sets[at] = set;
    return at + 1;
  }

  #insert(at: number, start: number, end: number, set: number): void {
    if (this.#count === this.#sets.length) this.#grow();
    this.#move(at, at + 1);
    this.#bounds[2 * at] = start;
    this.#bounds[2 * at + 1] = end;
    this.#sets[at] = set;
    this.#count++;
  }

  /** Drops the intervals from .. to - 1, whose CPU sets were released or moved before. */
  #remove(from: number, to: number): void {
    if (from === to) return;
    this.#move(to, from);
    this.#count -= to - from;
  }

  /** Moves the intervals from `from` on so that they begin at index `to`. */
  #move(from: number, to: number): void {
    const moved = this.#count - from;
    if (moved > SHORT_MOVE) {
      this.#bounds.copyWithin(2 * to, 2 * from, 2 * this.#count);
      this.#sets.copyWithin(to, from, this.#count);
      return;
    }
    const step = from < to ? -1 : 1;
    let nth = from < to ? moved - 1 : 0;
    for (let left = moved; left > 0; left--, nth += step) {
      this.#bounds[2 * (to + nth)] = this.#start(from + nth);
      this.#bounds[2 * (to + nth) + 1] = this.#end(from + nth);
      this.#sets[to + nth] = this.#set(from + nth);
    }
  }

  #grow(): void {
    const room = Math.max(this.#sets.length * 2, FIRST_ROOM);
    const bounds = new Float64Array(room * 2);
    bounds.set(this.#bounds);
    this.#bounds = bounds;
    const sets = new Int32Array(room);
    sets.set(this.#sets);
    this.#sets = sets;
  }
}
