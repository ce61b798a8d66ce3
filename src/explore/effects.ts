import type { DirectMapPerm, KernelObserver } from '../../models/hardware/observer.ts';

/** Kinds of effect. */
const EFFECT = {
  maps: 0,
  clears: 1,
  flushes: 2,
  allocatesFrame: 3,
  freesFrame: 4,
  setsDirectMap: 5,
  beginsToFree: 6,
  hasFreed: 7,
  takesForItself: 8,
  complains: 9,
} as const;

/** What each kind is called, with its two numbers, in vpn and pfn. */
const WORDS: readonly ((first: number, second: number) => string)[] = [
  (page, frame) => `maps page ${page} to frame ${frame}`,
  (page) => `clears page ${page}`,
  (start, end) => `flushes ${start} to ${end}`,
  (pfn) => `allocates frame ${pfn}`,
  (pfn) => `frees frame ${pfn}`,
  (pfn, perm) => `sets frame ${pfn} of the direct map to permission ${perm}`,
  (vpn) => `begins to free ${vpn}`,
  (vpn) => `has freed ${vpn}`,
  (vpn, pages) => `takes ${pages} pages at ${vpn} for itself`,
  // Each subject has words of its own.
  (cause) => `complains of ${cause === 0 ? 'locking' : 'a list'}`,
];

/** Numbers of an effect: its kind, and two more. */
const WIDTH = 3;

/** The words for the effect of which number `at` of a log is a part; null behind its end. */
export function effectText(log: readonly number[], at: number): string | null {
  const begin = at - (at % WIDTH);
  const [kind = 0, first = 0, second = 0] = log.slice(begin, begin + WIDTH);
  return begin < log.length ? (WORDS[kind]?.(first, second) ?? null) : null;
}

/**
 * Writes down what a subject does to the world in a form in which two of them can be held against
 * each other: three numbers for each effect, page tables page by page and only where they change.
 * All in vpn and pfn.
 */
export class EffectLog implements KernelObserver {
  readonly #next: KernelObserver | null;
  /** The pages that are mapped. */
  readonly #mapped = new Set<number>();
  /** Effects since the last `take`. */
  #effects: number[] = [];

  /** `next` hears of everything as it happens. */
  constructor(next: KernelObserver | null) {
    this.#next = next;
  }

  /** The effects since the last call of this, as `effectText` reads them. */
  take(): readonly number[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  #note(kind: number, first: number, second = 0): void {
    this.#effects.push(kind, first, second);
  }

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.#next?.ptesSet(start, count, frames, first);
    for (let page = 0; page < count; page++) {
      this.#mapped.add(start + page);
      this.#note(EFFECT.maps, start + page, frames[first + page] ?? 0);
    }
  }

  ptesCleared(start: number, end: number): void {
    this.#next?.ptesCleared(start, end);
    for (const page of this.#mappedIn(start, end)) {
      this.#mapped.delete(page);
      this.#note(EFFECT.clears, page);
    }
  }

  #mappedIn(start: number, end: number): number[] {
    if (end - start > this.#mapped.size) {
      const pages = [...this.#mapped].filter((page) => page >= start && page < end);
      return pages.sort((a, b) => a - b);
    }
    const pages: number[] = [];
    for (let page = start; page < end; page++) if (this.#mapped.has(page)) pages.push(page);
    return pages;
  }

  flushAsked(start: number, end: number): void {
    this.#next?.flushAsked(start, end);
    this.#note(EFFECT.flushes, start, end);
  }

  invalidated(cpu: number, start: number, end: number): void {
    this.#next?.invalidated(cpu, start, end);
  }

  frameAllocated(pfn: number): void {
    this.#next?.frameAllocated(pfn);
    this.#note(EFFECT.allocatesFrame, pfn);
  }

  frameFreed(pfn: number): void {
    this.#next?.frameFreed(pfn);
    this.#note(EFFECT.freesFrame, pfn);
  }

  directMapSet(pfn: number, perm: DirectMapPerm): void {
    this.#next?.directMapSet(pfn, perm);
    this.#note(EFFECT.setsDirectMap, pfn, perm);
  }

  innerFreeBegins(vpn: number): void {
    this.#next?.innerFreeBegins(vpn);
    this.#note(EFFECT.beginsToFree, vpn);
  }

  innerFreeReturned(vpn: number): void {
    this.#next?.innerFreeReturned(vpn);
    this.#note(EFFECT.hasFreed, vpn);
  }

  innerAllocated(vpn: number, pages: number): void {
    this.#next?.innerAllocated(vpn, pages);
    this.#note(EFFECT.takesForItself, vpn, pages);
  }

  complaint(cause: 'locking' | 'list', text: string): void {
    this.#next?.complaint(cause, text);
    this.#note(EFFECT.complains, cause === 'locking' ? 0 : 1);
  }
}
