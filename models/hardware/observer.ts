/**
 * The hardware events every subject reports, in the order they happen. Ranges are virtual page
 * numbers [start, end). This is all that the reference and most properties see of a kernel.
 */
export interface HardwareObserver {
  /** PTEs of [start, start + count) were set to frames[first .. first + count). */
  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void;
  /** PTEs of [start, end) were cleared; pages of the range that had none are not affected. */
  ptesCleared(start: number, end: number): void;
  /** flush_tlb_kernel_range(start, end) was called; the CPUs' invalidations follow. */
  flushAsked(start: number, end: number): void;
  /** One CPU dropped every translation of [start, end); a full flush is [-Infinity, Infinity). */
  invalidated(cpu: number, start: number, end: number): void;
  /** The page allocator handed out, or took back, a frame. */
  frameAllocated(pfn: number): void;
  frameFreed(pfn: number): void;
  /** The direct-map PTE of a frame changed. */
  directMapSet(pfn: number, perm: DirectMapPerm): void;
}

/** Direct-map permissions: default (RW, NX), read-only (set_memory_ro), or not present. */
export const DirectMapPerm = { default: 0, readOnly: 1, invalid: 2 } as const;
export type DirectMapPerm = (typeof DirectMapPerm)[keyof typeof DirectMapPerm];

/** What a kernel reports besides: calls into the API that no scenario line made. */
export interface KernelObserver extends HardwareObserver {
  /**
   * The deferred part of vfree_atomic, or a purge notifier, begins or has finished freeing the area
   * at this vpn. An unmap that runs this way is complete only when it has finished.
   */
  innerFreeBegins(vpn: number): void;
  innerFreeReturned(vpn: number): void;
  /**
   * A rule was broken, and the kernel goes on: `locking` is what lockdep or might_sleep() would
   * say, `list` a block list changed without its queue's lock.
   */
  complaint(cause: 'locking' | 'list', text: string): void;
  /**
   * The kernel allocated an area for itself (the page array of a large vmalloc), `pages` mapped.
   */
  innerAllocated(vpn: number, pages: number): void;
}
