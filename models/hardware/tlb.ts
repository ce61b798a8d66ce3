/**
 * The adversarial TLB of every CPU at once: a CPU *may hold* an old translation of a page iff that
 * page's PTE was cleared (or replaced) after the page was last invalidated on that CPU. Every fill,
 * speculation and eviction the hardware could do is covered by this, so one missing flush is enough
 * to be noticed.
 *
 * `cpus` below are indices 0 .. count-1 into the machine's online CPUs, pages are vpn and may be
 * negative (direct map). The naive and the fast form must agree on every call sequence.
 */
export interface StaleTlb {
  /** The PTEs of [start, end), all of them present until now, were cleared or replaced. */
  cleared(start: number, end: number): void;
  /** One CPU dropped its translations of [start, end). */
  invalidate(cpu: number, start: number, end: number): void;
  /** Every CPU dropped its translations of [start, end). */
  invalidateAll(start: number, end: number): void;
  /** Lowest page of [start, end) that some CPU may still hold an old translation of, or NaN. */
  firstStale(start: number, end: number): number;
  /** Lowest page of [start, end) that this CPU may still hold an old translation of, or NaN. */
  firstStaleOn(cpu: number, start: number, end: number): number;
  /** How many pages of [start, end) at least one CPU may hold an old translation of. */
  countStale(start: number, end: number): number;
  /** Back to the state at boot: nothing held. */
  reset(): void;
}
