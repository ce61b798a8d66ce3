/** Pages of one leaf table: few, as a machine is booted for every interleaving. */
const LEAF_PAGES = 64;
const NONE = -1;

/** Empty leaves kept in place, and kept for reuse, before a sweep takes them out of the map. */
const EMPTY_LEAVES_KEPT = 64;

interface Leaf {
  readonly frames: number[];
  /** Entries that are not NONE. */
  present: number;
}

/**
 * The kernel's page table: which frame (pfn) each virtual page (vpn, from -2^40 to 2^40) maps to.
 * Ranges are [start, end) in pages. A walk over a range costs by the leaf tables that exist in it,
 * so a hull of 2^33 pages that maps little is cheap.
 */
export class PageTable {
  readonly #leaves = new Map<number, Leaf>();
  readonly #spares: Leaf[] = [];
  #emptyLeaves = 0;
  #lastIndex = Number.NaN;
  #lastLeaf: Leaf | undefined;

  /**
   * Sets the PTEs of `count` pages from `start` to frames[first .. first + count), pfns from 0.
   * Throws a RangeError if there are fewer frames than that.
   */
  set(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    if (first + count > frames.length) {
      throw new RangeError(`${count} pages from frame ${first} of ${frames.length}`);
    }
    let done = 0;
    while (done < count) {
      const vpn = start + done;
      const index = Math.floor(vpn / LEAF_PAGES);
      const leaf = this.#find(index) ?? this.#addLeaf(index);
      const offset = vpn - index * LEAF_PAGES;
      const pages = Math.min(LEAF_PAGES - offset, count - done);
      const wasEmpty = leaf.present === 0;
      for (let page = 0; page < pages; page++) {
        if (leaf.frames[offset + page] === NONE) leaf.present++;
        leaf.frames[offset + page] = frames[first + done + page] ?? NONE;
      }
      if (wasEmpty) this.#emptyLeaves--;
      done += pages;
    }
  }

  /** Clears the PTEs of [start, end); pages that have none are left alone. */
  clear(start: number, end: number): void {
    if (!(start < end)) return;
    const firstLeaf = Math.floor(start / LEAF_PAGES);
    const lastLeaf = Math.floor((end - 1) / LEAF_PAGES);
    const sparse = this.#sparseLeaves(firstLeaf, lastLeaf);
    const leaves = sparse === undefined ? lastLeaf - firstLeaf + 1 : sparse.length;
    for (let nth = 0; nth < leaves; nth++) {
      const index = sparse?.[nth] ?? firstLeaf + nth;
      const leaf = this.#find(index);
      if (leaf === undefined || leaf.present === 0) continue;
      const base = index * LEAF_PAGES;
      clearLeaf(leaf, Math.max(start - base, 0), Math.min(end - base, LEAF_PAGES));
      if (leaf.present === 0) this.#emptyLeaves++;
    }
    if (this.#emptyLeaves > EMPTY_LEAVES_KEPT && this.#emptyLeaves * 2 > this.#leaves.size) {
      this.#sweep();
    }
  }

  /** The frame (pfn) the page maps to, or -1. */
  lookup(vpn: number): number {
    const index = Math.floor(vpn / LEAF_PAGES);
    return this.#find(index)?.frames[vpn - index * LEAF_PAGES] ?? NONE;
  }

  /** The first page of [start, end) that is present, or `end`. The range lies in few leaves. */
  firstPresent(start: number, end: number): number {
    let vpn = start;
    while (vpn < end) {
      const index = Math.floor(vpn / LEAF_PAGES);
      const base = index * LEAF_PAGES;
      const stop = Math.min(end, base + LEAF_PAGES);
      const leaf = this.#find(index);
      if (leaf !== undefined && leaf.present > 0) {
        for (; vpn < stop; vpn++) if (leaf.frames[vpn - base] !== NONE) return vpn;
      }
      vpn = stop;
    }
    return end;
  }

  /** Visits the maximal runs of present pages within [start, end), ascending. */
  forEachPresentRun(start: number, end: number, visit: (start: number, end: number) => void): void {
    if (!(start < end)) return;
    const firstLeaf = Math.floor(start / LEAF_PAGES);
    const lastLeaf = Math.floor((end - 1) / LEAF_PAGES);
    const sparse = this.#sparseLeaves(firstLeaf, lastLeaf);
    const leaves = sparse === undefined ? lastLeaf - firstLeaf + 1 : sparse.length;
    let runStart = 0;
    let runEnd = 0;
    for (let nth = 0; nth < leaves; nth++) {
      const index = sparse?.[nth] ?? firstLeaf + nth;
      const leaf = this.#find(index);
      if (leaf === undefined || leaf.present === 0) continue;
      const base = index * LEAF_PAGES;
      const to = Math.min(end - base, LEAF_PAGES);
      for (let page = Math.max(start - base, 0); page < to; page++) {
        if (leaf.frames[page] === NONE) continue;
        const vpn = base + page;
        if (vpn !== runEnd || runStart === runEnd) {
          if (runStart < runEnd) visit(runStart, runEnd);
          runStart = vpn;
        }
        runEnd = vpn + 1;
      }
    }
    if (runStart < runEnd) visit(runStart, runEnd);
  }

  #find(index: number): Leaf | undefined {
    if (index === this.#lastIndex) return this.#lastLeaf;
    const leaf = this.#leaves.get(index);
    if (leaf !== undefined) {
      this.#lastIndex = index;
      this.#lastLeaf = leaf;
    }
    return leaf;
  }

  #addLeaf(index: number): Leaf {
    const leaf = this.#spares.pop() ?? {
      frames: new Array<number>(LEAF_PAGES).fill(NONE),
      present: 0,
    };
    this.#leaves.set(index, leaf);
    this.#emptyLeaves++;
    return leaf;
  }

  /** Where the range spans more leaves than exist: those that exist, ascending. Else undefined. */
  #sparseLeaves(firstLeaf: number, lastLeaf: number): number[] | undefined {
    if (lastLeaf - firstLeaf < this.#leaves.size + 1) return undefined;
    const found: number[] = [];
    for (const index of this.#leaves.keys()) {
      if (index >= firstLeaf && index <= lastLeaf) found.push(index);
    }
    return found.sort((a, b) => a - b);
  }

  /** Takes every empty leaf out, so that a map that wanders over 2^33 pages stays small. */
  #sweep(): void {
    for (const [index, leaf] of this.#leaves) {
      if (leaf.present > 0) continue;
      this.#leaves.delete(index);
      if (this.#spares.length < EMPTY_LEAVES_KEPT) this.#spares.push(leaf);
    }
    this.#emptyLeaves = 0;
    this.#lastIndex = Number.NaN;
    this.#lastLeaf = undefined;
  }
}

function clearLeaf(leaf: Leaf, from: number, to: number): void {
  for (let page = from; page < to; page++) {
    if (leaf.frames[page] === NONE) continue;
    leaf.frames[page] = NONE;
    leaf.present--;
  }
}
