import type { ArchProfile, FlushPlan } from './arch.ts';
import { COSTS } from './arch-costs.ts';
import { type ArchName, HIGHEST_VPN, LOWEST_VPN } from './machine.ts';

/** tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c (6.1, 6.12): full above this many pages. */
const X86_CEILING = 33;
/** MAX_DVM_OPS = PTRS_PER_PTE with 4 KiB pages, arch/arm64/include/asm/tlbflush.h. */
const ARM64_CEILING = 512;
/** MAX_TLBI_RANGE_PAGES = __TLBI_RANGE_PAGES(31, 3), the same file. */
const ARM64_RANGE_CEILING = 2 ** 21;
/** tlb_flush_all_threshold, arch/riscv/mm/tlbflush.c (6.12). */
const RISCV_CEILING = 64;
/** invlpgb_count_max: CPUID reports it (0x80000008, EDX[15:0] + 1); 8 is assumed. */
const INVLPGB_PAGES = 8;

/** The profile of an architecture's flush_tlb_kernel_range. */
export function archProfile(name: ArchName): ArchProfile {
  return PROFILES[name];
}

const PROFILES: Readonly<Record<ArchName, ArchProfile>> = {
  x86_64: {
    name: 'x86_64',
    summary: 'IPI to every CPU; INVLPG per page, full above 33 pages (arch/x86/mm/tlb.c, 6.12)',
    fixedInstructions: 0,
    fixedNanoseconds: ipiTime,
    planFlush(start, end, onlineCpus, plan) {
      const pages = unsignedPages(start, end);
      if (pages > X86_CEILING) planFull(plan, onlineCpus);
      else planRange(plan, start, end, pages * onlineCpus);
      plan.ipis = onlineCpus - 1;
      const work = plan.full ? COSTS.refill.nanoseconds : pages * COSTS.invlpg.nanoseconds;
      plan.nanoseconds = ipiTime(onlineCpus) + work;
    },
  },

  'x86_64-invlpgb': {
    name: 'x86_64-invlpgb',
    summary:
      'hardware broadcast; INVLPGB per 8 pages (assumed) and a TLBSYNC, full above 33 pages ' +
      '(arch/x86/mm/tlb.c, 6.15)',
    fixedInstructions: 1,
    fixedNanoseconds: () => COSTS.tlbsync.nanoseconds,
    planFlush(start, end, _onlineCpus, plan) {
      const pages = unsignedPages(start, end);
      const { invlpgb, tlbsync, refill } = COSTS;
      if (pages > X86_CEILING) planFull(plan, 2);
      else planRange(plan, start, end, Math.ceil(pages / INVLPGB_PAGES) + 1);
      const broadcasts = plan.instructions - 1;
      plan.nanoseconds = broadcasts * invlpgb.nanoseconds + tlbsync.nanoseconds;
      if (plan.full) plan.nanoseconds += refill.nanoseconds;
    },
  },

  arm64: {
    name: 'arm64',
    summary:
      'hardware broadcast; TLBI VAALE1IS per page, full above 512 pages ' +
      '(arch/arm64/include/asm/tlbflush.h, 6.12)',
    fixedInstructions: 0,
    fixedNanoseconds: () => COSTS.dsb.nanoseconds,
    planFlush(start, end, _onlineCpus, plan) {
      const pages = unsignedPages(start, end);
      if (pages > ARM64_CEILING) planFull(plan, 1);
      else planRange(plan, start, end, pages);
      plan.nanoseconds = tlbiTime(plan);
    },
  },

  'arm64-rangetlbi': {
    name: 'arm64-rangetlbi',
    summary:
      'hardware broadcast; FEAT_TLBIRANGE, at most 5 TLBIs a flush, full above 2^21 pages ' +
      '(arch/arm64/include/asm/tlbflush.h since a923705c69f7; with LPA2 up to 15 more)',
    fixedInstructions: 0,
    fixedNanoseconds: () => COSTS.dsb.nanoseconds,
    planFlush(start, end, _onlineCpus, plan) {
      // start is rounded down and end up to a page: the hull nobody filled in becomes one page.
      const pages = isUnfilledHull(start, end) ? 1 : unsignedPages(start, end);
      if (pages > ARM64_RANGE_CEILING) planFull(plan, 1);
      else planRange(plan, start, start + pages, rangeTlbis(pages));
      plan.nanoseconds = tlbiTime(plan);
    },
  },

  arm32: {
    name: 'arm32',
    summary:
      'hardware broadcast; TLBIMVA per page without a ceiling, at least one page whatever the ' +
      'range (arch/arm/mm/tlb-v7.S, 6.12)',
    fixedInstructions: 0,
    fixedNanoseconds: () => 0,
    planFlush(start, end, _onlineCpus, plan) {
      const last = Math.max(end, start + 1);
      const pages = Math.max(end - start, 1);
      planRange(plan, start, last, pages);
      plan.nanoseconds = pages * COSTS.tlbimva.nanoseconds;
    },
  },

  riscv: {
    name: 'riscv',
    summary:
      'IPI to every CPU; SFENCE.VMA per page, full above 64 pages, at least one page ' +
      '(arch/riscv/mm/tlbflush.c, 6.12; 6.1 always flushes everything)',
    fixedInstructions: 0,
    fixedNanoseconds: ipiTime,
    planFlush(start, end, onlineCpus, plan) {
      const pages = Math.max(unsignedPages(start, end), 1);
      if (pages > RISCV_CEILING) planFull(plan, onlineCpus);
      else planRange(plan, start, start + pages, pages * onlineCpus);
      plan.ipis = onlineCpus - 1;
      const work = plan.full ? COSTS.refill.nanoseconds : pages * COSTS.sfence.nanoseconds;
      plan.nanoseconds = ipiTime(onlineCpus) + work;
    },
  },

  'powerpc-radix': {
    name: 'powerpc-radix',
    summary:
      'hardware broadcast; always full, one tlbie of PID 0 ' +
      '(arch/powerpc/mm/book3s64/radix_tlb.c, 6.12)',
    fixedInstructions: 0,
    fixedNanoseconds: () => 0,
    planFlush: planBroadcastAll,
  },

  s390: {
    name: 's390',
    summary:
      'hardware broadcast; always full, one IDTE of the kernel ASCE ' +
      '(arch/s390/include/asm/tlbflush.h, 6.12)',
    fixedInstructions: 0,
    fixedNanoseconds: () => 0,
    planFlush: planBroadcastAll,
  },
};

/**
 * Fills `plan` for one flush of several ranges, each start, end in pages: the interrupt or the wait
 * is needed once, and the ceiling applies to all pages together. Where the plan is not full, each
 * CPU drops the ranges, and start and end of the plan mean nothing.
 * Source: flush_tlb_kernel_vas() as sketched for x86 and ARM by Thomas Gleixner, May 2023.
 */
export function planFlushList(
  profile: ArchProfile,
  ranges: readonly number[],
  onlineCpus: number,
  plan: FlushPlan,
): void {
  let pages = 0;
  let instructions = profile.fixedInstructions;
  let nanoseconds = profile.fixedNanoseconds(onlineCpus);
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] ?? 0;
    const end = ranges[i + 1] ?? 0;
    profile.planFlush(start, end, onlineCpus, plan);
    pages += end - start;
    instructions += plan.instructions - profile.fixedInstructions;
    nanoseconds += plan.nanoseconds - profile.fixedNanoseconds(onlineCpus);
  }
  profile.planFlush(0, pages, onlineCpus, plan);
  if (plan.full) return;
  plan.instructions = instructions;
  plan.nanoseconds = nanoseconds;
}

function planBroadcastAll(_start: number, _end: number, _cpus: number, plan: FlushPlan): void {
  planFull(plan, 1);
  plan.nanoseconds = COSTS.broadcastAll.nanoseconds + COSTS.refill.nanoseconds;
}

/** A flush of [start, end), or of nothing where that is empty; no IPI unless the caller adds it. */
function planRange(plan: FlushPlan, start: number, end: number, instructions: number): void {
  plan.start = start;
  plan.end = Math.max(start, end);
  plan.full = false;
  plan.instructions = instructions;
  plan.ipis = 0;
}

function planFull(plan: FlushPlan, instructions: number): void {
  plan.start = Number.NEGATIVE_INFINITY;
  plan.end = Number.POSITIVE_INFINITY;
  plan.full = true;
  plan.instructions = instructions;
  plan.ipis = 0;
}

/**
 * end - start as the kernel computes it, in unsigned long: a range whose end lies below its start
 * is a huge one, and the ceiling makes it a full flush. The one exception is the hull nobody filled
 * in, start = ULONG_MAX and end = 0, which differ by one byte: no page.
 */
function unsignedPages(start: number, end: number): number {
  if (start <= end) return end - start;
  return isUnfilledHull(start, end) ? 0 : Number.POSITIVE_INFINITY;
}

/**
 * Whether this is the empty hull of _vm_unmap_aliases. ULONG_MAX is any page above the kernel's
 * space, address 0 any page below it.
 */
function isUnfilledHull(start: number, end: number): boolean {
  return start >= HIGHEST_VPN && end <= LOWEST_VPN;
}

/**
 * TLBIs that __flush_tlb_range_op needs, without LPA2: for each scale from 3 down to 0 one range
 * TLBI of up to 32 units of 2^(5 * scale + 1) pages, and one plain TLBI for an odd page.
 */
function rangeTlbis(pages: number): number {
  let left = pages;
  let tlbis = 0;
  for (let scale = 3; scale >= 0; scale--) {
    const unit = 2 ** (5 * scale + 1);
    if (left < unit) continue;
    tlbis++;
    left %= unit;
  }
  return tlbis + left;
}

function tlbiTime(plan: FlushPlan): number {
  const { tlbi, dsb, broadcastAll, refill } = COSTS;
  if (plan.full) return broadcastAll.nanoseconds + refill.nanoseconds;
  return plan.instructions * tlbi.nanoseconds + dsb.nanoseconds;
}

/** Until every other CPU has answered; CPUs do their invalidations at the same time. */
function ipiTime(onlineCpus: number): number {
  if (onlineCpus === 1) return 0;
  return COSTS.ipi.nanoseconds + (onlineCpus - 1) * COSTS.ipiPerCpu.nanoseconds;
}
