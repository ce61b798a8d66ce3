import type { ArchName } from './machine.ts';

/**
 * How an architecture carries out one flush_tlb_kernel_range(start, end).
 * Filled in place by `planFlush`, so that a flush allocates nothing.
 */
export interface FlushPlan {
  /** What each CPU drops: [start, end) in pages, [-Infinity, Infinity) for a full flush. */
  start: number;
  end: number;
  /** Whether the whole TLB is dropped instead of the range. */
  full: boolean;
  /** Invalidation instructions issued, over all CPUs. */
  instructions: number;
  /** Inter-processor interrupts sent; 0 where the hardware broadcasts. */
  ipis: number;
  /**
   * Estimated time until every CPU is done, in nanoseconds; COSTS says which figures are assumed.
   */
  nanoseconds: number;
}

export interface ArchProfile {
  readonly name: ArchName;
  /** One line for people: ceiling, granularity, broadcast, where it was read. */
  readonly summary: string;
  /** Fills `plan` for a flush of [start, end) pages on a machine with this many online CPUs. */
  planFlush(start: number, end: number, onlineCpus: number, plan: FlushPlan): void;
  /** What a flush that is not full costs besides its pages: the interrupt, or the wait. */
  readonly fixedInstructions: number;
  fixedNanoseconds(onlineCpus: number): number;
}
