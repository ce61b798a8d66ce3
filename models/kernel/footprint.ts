/** What a step does to a range of pages, as bits to be combined. */
export const PTE_READ = 1;
export const PTE_WRITE = 2;
/** Looks at what TLBs may hold. */
export const TLB_READ = 4;
/** Leaves old translations in the TLBs. */
export const TLB_STALE = 8;
/** Drops translations: what several CPUs or flushes drop commutes. */
export const TLB_DROP = 16;
/** Looks at who owns the pages, by the API's contract. */
export const AREA_READ = 32;
export const AREA_WRITE = 64;
const KINDS = 128;

/** For each combination of kinds, the kinds it does not commute with. */
const CLASHES = Uint8Array.from({ length: KINDS }, (_, kinds) => clashes(kinds));

function clashes(kinds: number): number {
  let against = 0;
  if (kinds & PTE_READ) against |= PTE_WRITE;
  if (kinds & PTE_WRITE) against |= PTE_READ | PTE_WRITE;
  if (kinds & TLB_READ) against |= TLB_STALE | TLB_DROP;
  if (kinds & TLB_STALE) against |= TLB_READ | TLB_DROP;
  if (kinds & TLB_DROP) against |= TLB_READ | TLB_STALE;
  if (kinds & AREA_READ) against |= AREA_WRITE;
  if (kinds & AREA_WRITE) against |= AREA_READ | AREA_WRITE;
  return against;
}

/**
 * The number of every shared object that was not given one of its own: the kernel's first. Those
 * below it are not the kernel's, but its caller's to give.
 */
export const UNNUMBERED = 8;

/** What one step touched of all that tasks share. Shared objects have numbers. */
export interface Touched {
  /** Bit sets of numbers modulo 64, in two words each: a clash too many does no harm. */
  readonly readsLow: number;
  readonly readsHigh: number;
  readonly writesLow: number;
  readonly writesHigh: number;
  /** Start and end (vpn) of a range and what is done to it, one after the other. */
  readonly pages: readonly number[];
  /**
   * Words of memory where they are known: from, to, and 1 if they are written, range by range,
   * ascending and apart.
   */
  readonly memory: ArrayLike<number>;
  /** Locks that its task had when the step began. */
  readonly held: readonly number[];
  /** The lock that nobody might have for the step to be taken, or none. */
  readonly taken: readonly number[];
  /** Work that has ended with the step. */
  readonly ended: readonly number[];
  /** Work that had to end before the step. */
  readonly awaited: readonly number[];
  /** The CPU its task was on when the step began, by id. */
  readonly cpu: number;
  /** Whether its task could not be preempted on that CPU before the step, and after it. */
  readonly atomicBefore: boolean;
  readonly atomicAfter: boolean;
  /** The machine died: no other step can follow. */
  readonly died: boolean;
}

const NOTHING: readonly number[] = [];

/** Takes down what a step touches while it runs. */
export class Footprint implements Touched {
  /** Whether anybody will look at it: nothing is taken down otherwise. */
  isWanted = false;
  readsLow = 0;
  readsHigh = 0;
  writesLow = 0;
  writesHigh = 0;
  readonly pages: number[] = [];
  memory: ArrayLike<number> = NOTHING;
  readonly held: number[] = [];
  readonly taken: number[] = [];
  readonly ended: number[] = [];
  readonly awaited: number[] = [];
  cpu = -1;
  atomicBefore = false;
  atomicAfter = false;
  died = false;

  /** A new step begins. */
  clear(): void {
    if (!this.isWanted) return;
    this.readsLow = 0;
    this.readsHigh = 0;
    this.writesLow = 0;
    this.writesHigh = 0;
    empty(this.pages);
    this.memory = NOTHING;
    empty(this.held);
    empty(this.taken);
    empty(this.ended);
    empty(this.awaited);
    this.cpu = -1;
    this.atomicBefore = false;
    this.atomicAfter = false;
    this.died = false;
  }

  read(number: number): void {
    if (!this.isWanted) return;
    if (number & 32) this.readsHigh |= 1 << number;
    else this.readsLow |= 1 << number;
  }

  write(number: number): void {
    if (!this.isWanted) return;
    if (number & 32) this.writesHigh |= 1 << number;
    else this.writesLow |= 1 << number;
  }

  /** Pages [start, end), `kinds` of them as above. */
  touchPages(start: number, end: number, kinds: number): void {
    if (this.isWanted) this.pages.push(start, end, kinds);
  }

  /** A copy that stays as it is. */
  copy(): Touched {
    const { readsLow, readsHigh, writesLow, writesHigh } = this;
    const { memory, cpu, atomicBefore, atomicAfter, died } = this;
    const pages = copyOf(this.pages);
    const held = copyOf(this.held);
    const taken = copyOf(this.taken);
    const ended = copyOf(this.ended);
    const awaited = copyOf(this.awaited);
    return {
      readsLow,
      readsHigh,
      writesLow,
      writesHigh,
      pages,
      memory,
      held,
      taken,
      ended,
      awaited,
      cpu,
      atomicBefore,
      atomicAfter,
      died,
    };
  }
}

function copyOf(list: readonly number[]): readonly number[] {
  return list.length === 0 ? NOTHING : list.slice();
}

/** Setting the length of an array costs more than looking at it, even where nothing changes. */
function empty(list: number[]): void {
  if (list.length > 0) list.length = 0;
}

/** Whether two steps of different tasks, taken one after the other, may not be exchanged. */
export function clash(a: Touched, b: Touched): boolean {
  if (a.writesLow & (b.readsLow | b.writesLow)) return true;
  if (a.writesHigh & (b.readsHigh | b.writesHigh)) return true;
  if (a.readsLow & b.writesLow) return true;
  if (a.readsHigh & b.writesHigh) return true;
  if (a.died || b.died) return true;
  if (memoryClashes(a.memory, b.memory)) return true;
  return a.pages.length > 0 && b.pages.length > 0 && pagesClash(a.pages, b.pages);
}

/**
 * Whether, besides, the first of two steps could not come between the second one and what follows
 * that: it begins a time in which its task is not preempted, and the first is on the same CPU.
 */
export function shutsOut(later: Touched, earlier: Touched): boolean {
  return later.atomicAfter && !later.atomicBefore && later.cpu === earlier.cpu;
}

function pagesClash(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i += 3) {
    const start = a[i] ?? 0;
    const end = a[i + 1] ?? 0;
    const against = CLASHES[a[i + 2] ?? 0] ?? 0;
    for (let j = 0; j < b.length; j += 3) {
      const apart = end <= (b[j] ?? 0) || (b[j + 1] ?? 0) <= start;
      if (!apart && ((b[j + 2] ?? 0) & against) !== 0) return true;
    }
  }
  return false;
}

function memoryClashes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aEnd = 0, bEnd = 0] = [a[i + 1], b[j + 1]];
    const apart = aEnd <= (b[j] ?? 0) || bEnd <= (a[i] ?? 0);
    if (!apart && (a[i + 2] === 1 || b[j + 2] === 1)) return true;
    if (aEnd <= bEnd) i += 3;
    else j += 3;
  }
  return false;
}

/** Whether two lists of numbers, mostly empty or of one or two, have one in common. */
export function meet(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (b.includes(a[i] ?? -1)) return true;
  return false;
}
