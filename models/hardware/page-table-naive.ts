/** The page table as a plain map from page (vpn) to frame (pfn): what PageTable must agree with. */
export class NaivePageTable {
  readonly #frames = new Map<number, number>();

  /** Sets the PTEs of `count` pages from `start` to frames[first .. first + count). */
  set(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    for (let page = 0; page < count; page++) {
      this.#frames.set(start + page, frames[first + page] ?? -1);
    }
  }

  /** Clears the PTEs of [start, end); pages that have none are left alone. */
  clear(start: number, end: number): void {
    for (const vpn of this.#frames.keys()) {
      if (vpn >= start && vpn < end) this.#frames.delete(vpn);
    }
  }

  /** The frame (pfn) the page maps to, or -1. */
  lookup(vpn: number): number {
    return this.#frames.get(vpn) ?? -1;
  }

  /** Visits the maximal runs of present pages within [start, end), ascending. */
  forEachPresentRun(start: number, end: number, visit: (start: number, end: number) => void): void {
    const inside = [...this.#frames.keys()].filter((vpn) => vpn >= start && vpn < end);
    inside.sort((a, b) => a - b);
    let from = 0;
    for (let nth = 1; nth <= inside.length; nth++) {
      const before = inside[nth - 1] ?? Number.NaN;
      if (inside[nth] === before + 1) continue;
      visit(inside[from] ?? Number.NaN, before + 1);
      from = nth;
    }
  }
}
