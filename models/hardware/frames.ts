/** Frames there is room for once one is handed out. */
const FIRST_ROOM = 64;
const NONE_YET = new Uint8Array(0);

/**
 * The page allocator, as far as vmalloc sees it: single frames (order 0), lowest free pfn first,
 * so that a freed frame is reused at once and a stale alias of it is noticed.
 */
export class FrameAllocator {
  readonly #ramPages: number;
  /** Frames from here on were never handed out. */
  #untouched = 0;
  /** Frames below `untouched` that are free: a binary heap, the lowest first. */
  readonly #freed: number[] = [];
  /** 1 for each frame below `untouched` that is handed out. */
  #allocated = NONE_YET;

  /** @param ramPages frames there are, pfn 0 .. ramPages - 1. */
  constructor(ramPages: number) {
    this.#ramPages = ramPages;
  }

  /** The lowest free pfn, now allocated; -1 when every frame is. */
  allocate(): number {
    const reused = this.#popLowest();
    if (reused >= 0) {
      this.#allocated[reused] = 1;
      return reused;
    }
    if (this.#untouched === this.#ramPages) return -1;
    const pfn = this.#untouched++;
    if (pfn === this.#allocated.length) {
      const larger = new Uint8Array(Math.max(pfn * 2, FIRST_ROOM));
      larger.set(this.#allocated);
      this.#allocated = larger;
    }
    this.#allocated[pfn] = 1;
    return pfn;
  }

  /** Takes a frame back; false, and nothing happens, if it is not an allocated frame. */
  free(pfn: number): boolean {
    if (pfn >= this.#untouched || this.#allocated[pfn] !== 1) return false;
    this.#allocated[pfn] = 0;
    this.#push(pfn);
    return true;
  }

  #push(pfn: number): void {
    const heap = this.#freed;
    let at = heap.length;
    heap.push(pfn);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent] ?? 0;
      if (above <= pfn) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = pfn;
  }

  #popLowest(): number {
    const heap = this.#freed;
    const lowest = heap[0] ?? -1;
    const last = heap.pop() ?? -1;
    if (heap.length === 0) return lowest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const below = heap[child] ?? 0;
      if (below >= last) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return lowest;
  }
}
