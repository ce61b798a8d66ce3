import type { DirectMapPerm, KernelObserver } from '../../models/hardware/observer.ts';

/**
 * Writes down what a subject does to the world in a form in which two of them can be held against
 * each other: a line for each effect, page tables page by page and only where they change. All in
 * vpn and pfn.
 */
export class EffectLog implements KernelObserver {
  readonly #next: KernelObserver | null;
  /** The frame of each page that is mapped. */
  readonly #mapped = new Map<number, number>();
  /** Effects since the last `take`. */
  #effects: string[] = [];

  /** `next` hears of everything as it happens. */
  constructor(next: KernelObserver | null) {
    this.#next = next;
  }

  /** The effects since the last call of this. */
  take(): readonly string[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.#next?.ptesSet(start, count, frames, first);
    for (let page = 0; page < count; page++) {
      const frame = frames[first + page] ?? 0;
      this.#mapped.set(start + page, frame);
      this.#effects.push(`maps page ${start + page} to frame ${frame}`);
    }
  }

  ptesCleared(start: number, end: number): void {
    this.#next?.ptesCleared(start, end);
    for (const page of this.#mappedIn(start, end)) {
      this.#mapped.delete(page);
      this.#effects.push(`clears page ${page}`);
    }
  }

  #mappedIn(start: number, end: number): number[] {
    if (end - start > this.#mapped.size) {
      const pages = [...this.#mapped.keys()].filter((page) => page >= start && page < end);
      return pages.sort((a, b) => a - b);
    }
    const pages: number[] = [];
    for (let page = start; page < end; page++) if (this.#mapped.has(page)) pages.push(page);
    return pages;
  }

  flushAsked(start: number, end: number): void {
    this.#next?.flushAsked(start, end);
    this.#effects.push(`flushes ${start} to ${end}`);
  }

  invalidated(cpu: number, start: number, end: number): void {
    this.#next?.invalidated(cpu, start, end);
  }

  frameAllocated(pfn: number): void {
    this.#next?.frameAllocated(pfn);
    this.#effects.push(`allocates frame ${pfn}`);
  }

  frameFreed(pfn: number): void {
    this.#next?.frameFreed(pfn);
    this.#effects.push(`frees frame ${pfn}`);
  }

  directMapSet(pfn: number, perm: DirectMapPerm): void {
    this.#next?.directMapSet(pfn, perm);
    this.#effects.push(`sets frame ${pfn} of the direct map to ${perm}`);
  }

  innerFreeBegins(vpn: number): void {
    this.#next?.innerFreeBegins(vpn);
    this.#effects.push(`begins to free ${vpn}`);
  }

  innerFreeReturned(vpn: number): void {
    this.#next?.innerFreeReturned(vpn);
    this.#effects.push(`has freed ${vpn}`);
  }

  innerAllocated(vpn: number, pages: number): void {
    this.#next?.innerAllocated(vpn, pages);
    this.#effects.push(`takes ${pages} pages at ${vpn} for itself`);
  }

  complaint(cause: 'locking' | 'list', text: string): void {
    this.#next?.complaint(cause, text);
    // Each subject has words of its own.
    this.#effects.push(`complains of ${cause}`);
  }
}
