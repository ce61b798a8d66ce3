import type { TraceEvent } from './event.ts';

export type AreaState = 'busy' | 'block' | 'lazy' | 'pooled';

/** An area of address space that is not free. */
export interface LedgerArea {
  readonly start: number;
  readonly pages: number;
  readonly state: AreaState;
}

/** What a trace says of every area that is not free, line by line. */
export class AreaLedger {
  readonly #areas = new Map<number, LedgerArea>();
  #lazyPages = 0;

  /** Pages of lazy areas, those that are being purged among them. */
  get lazyPages(): number {
    return this.#lazyPages;
  }

  /** Every area, in no order. */
  areas(): Iterable<LedgerArea> {
    return this.#areas.values();
  }

  take(event: TraceEvent): void {
    switch (event.code) {
      case 'A':
        this.#set(event.addr, event.pages, event.kind === 'vmblock' ? 'block' : 'busy');
        break;
      case 'F':
        this.#set(event.addr, event.pages, 'lazy');
        break;
      case 'Q':
        this.#set(event.start, event.pages, 'pooled');
        break;
      case 'M':
        this.#merged(event.start, event.start + event.pages);
        break;
    }
  }

  #set(start: number, pages: number, state: AreaState): void {
    this.#drop(start);
    this.#areas.set(start, { start, pages, state });
    if (state === 'lazy') this.#lazyPages += pages;
  }

  /** Areas that touch became free, as one range. */
  #merged(start: number, end: number): void {
    for (let at = start; at < end; ) {
      const pages = this.#drop(at);
      if (pages === 0) break;
      at += pages;
    }
  }

  /** Forgets an area; returns its pages, 0 if there is none. */
  #drop(start: number): number {
    const area = this.#areas.get(start);
    if (area === undefined) return 0;
    this.#areas.delete(start);
    if (area.state === 'lazy') this.#lazyPages -= area.pages;
    return area.pages;
  }
}
