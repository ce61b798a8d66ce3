/** One figure of the cost estimate, and how far it may be trusted. */
export interface Cost {
  readonly nanoseconds: number;
  /** `measured`: somebody published the figure. `assumed`: ours, for want of one. */
  readonly basis: 'measured' | 'assumed';
  /** Who measured it and where; or what the assumption rests on. */
  readonly source: string;
}

/**
 * Every figure the time estimates are made of. Page and instruction counts are the kernel's
 * arithmetic and exact; nanoseconds are estimates for comparing policies on one architecture, and
 * most rest on assumed figures. Comparing two architectures by them means nothing.
 */
export const COSTS = {
  invlpg: {
    nanoseconds: 100,
    basis: 'measured',
    source: 'comment on tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c: about 100 ns each',
  },
  tlbimva: {
    nanoseconds: 16,
    basis: 'measured',
    source:
      'Thomas Gleixner, "Excessive TLB flush ranges", linux-mm, 15 May 2023: ' +
      '372106 pages on ARM32 in 4-8 ms, so 11-21 ns each; the middle is taken',
  },
  tlbi: {
    nanoseconds: 50,
    basis: 'assumed',
    source:
      'a broadcast TLBI of a page or a range; a few times the ARM32 figure, for larger machines',
  },
  dsb: {
    nanoseconds: 500,
    basis: 'assumed',
    source: 'waiting for broadcast TLBIs to finish (DSB)',
  },
  invlpgb: { nanoseconds: 100, basis: 'assumed', source: 'as INVLPG; the wait is in TLBSYNC' },
  tlbsync: {
    nanoseconds: 1000,
    basis: 'assumed',
    source: 'waiting for broadcast INVLPGBs to finish',
  },
  sfence: { nanoseconds: 100, basis: 'assumed', source: 'SFENCE.VMA of one page, as INVLPG' },
  broadcastAll: {
    nanoseconds: 2000,
    basis: 'assumed',
    source: 'one broadcast instruction that drops a whole TLB (tlbie of a PID, IDTE, VMALLE1IS)',
  },
  ipi: {
    nanoseconds: 2000,
    basis: 'assumed',
    source: 'round trip of on_each_cpu to one other CPU',
  },
  ipiPerCpu: {
    nanoseconds: 200,
    basis: 'assumed',
    source:
      'each CPU that on_each_cpu addresses and waits for; an upper bound is 29 us a CPU, ' +
      'from 7.5 ms for one flush on 256 CPUs with KASAN',
  },
  refill: {
    nanoseconds: 3300,
    basis: 'assumed',
    source: 'misses after a full flush: the break-even x86 chose, 33 pages of 100 ns',
  },
} as const satisfies Record<string, Cost>;
