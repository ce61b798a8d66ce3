import type { Area } from './area.ts';

/** Areas of more pages than this are found by their bounds, not listed page by page. */
export const MOST_LISTED_PAGES = 2 ** 16;

/** Which area a page belongs to. */
export class AreaPages {
  readonly #areaOf = new Map<number, Area>();
  readonly #wide = new Set<Area>();

  add(area: Area): void {
    if (area.pages > MOST_LISTED_PAGES) this.#wide.add(area);
    else for (let page = 0; page < area.pages; page++) this.#areaOf.set(area.start + page, area);
  }

  remove(area: Area): void {
    if (this.#wide.delete(area)) return;
    for (let vpn = area.start; vpn < area.start + area.pages; vpn++) {
      if (this.#areaOf.get(vpn) === area) this.#areaOf.delete(vpn);
    }
  }

  /** The area a page (vpn) belongs to: the latest, should it have been given to several. */
  get(vpn: number): Area | undefined {
    const area = this.#areaOf.get(vpn);
    if (area !== undefined || this.#wide.size === 0) return area;
    return [...this.#wide].findLast(({ start, pages }) => vpn >= start && vpn < start + pages);
  }

  /** A page of [start, end) that belongs to a live area, or NaN. */
  liveWithin(start: number, end: number): number {
    for (const area of this.#wide) {
      const first = Math.max(area.start, start);
      if (area.state === 'live' && first < Math.min(area.start + area.pages, end)) return first;
    }
    if (end - start > this.#areaOf.size) {
      for (const [vpn, area] of this.#areaOf) {
        if (vpn >= start && vpn < end && area.state === 'live') return vpn;
      }
      return Number.NaN;
    }
    for (let vpn = start; vpn < end; vpn++) {
      if (this.#areaOf.get(vpn)?.state === 'live') return vpn;
    }
    return Number.NaN;
  }
}
