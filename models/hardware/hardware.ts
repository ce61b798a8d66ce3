import type { ArchProfile, FlushPlan } from './arch.ts';
import { archProfile, planFlushList } from './arch-profiles.ts';
import { FrameAllocator } from './frames.ts';
import type { Machine } from './machine.ts';
import { DirectMapPerm, type HardwareObserver } from './observer.ts';
import { PageTable } from './page-table.ts';
import type { StaleTlb } from './tlb.ts';
import { FastStaleTlb } from './tlb-fast.ts';

/** Frame 0 is kept out of use, as on x86, so that a reader can tell it from no frame at all. */
const FIRST_PFN = 1;

/** Sums over every flush since boot. */
export interface FlushTotals {
  /** Calls of flush_tlb_kernel_range, and of flush_tlb_kernel_vas where a policy has it. */
  flushes: number;
  /** Sum of end - start over the calls, in pages; a range with end below start counts 0. */
  pagesAsked: number;
  /** Invalidation instructions, over all CPUs. */
  instructions: number;
  ipis: number;
  /** Estimated, see COSTS. */
  nanoseconds: number;
}

/** A plan for `planFlush` to fill in. */
export function emptyFlushPlan(): FlushPlan {
  return { start: 0, end: 0, full: false, instructions: 0, ipis: 0, nanoseconds: 0 };
}

/**
 * The machine below the kernel: page table, TLBs, flush instruction, page allocator. Everything a
 * kernel model does to it is reported to the observer, after it took effect. `index` below is the
 * place of a CPU in machine.onlineCpus; the observer is told CPU ids.
 */
export class Hardware {
  readonly machine: Machine;
  readonly profile: ArchProfile;
  readonly pageTable = new PageTable();
  readonly staleTlb: StaleTlb;
  /** What `beginFlush` last planned, unless the caller brought a plan of its own. */
  readonly flushPlan = emptyFlushPlan();
  readonly totals: FlushTotals = {
    flushes: 0,
    pagesAsked: 0,
    instructions: 0,
    ipis: 0,
    nanoseconds: 0,
  };
  readonly #observer: HardwareObserver;
  readonly #onlineCpus: readonly number[];
  readonly #frames: FrameAllocator;
  /** Frames whose direct-map permission is not the default. */
  readonly #perms = new Map<number, DirectMapPerm>();
  readonly #makeStale: (start: number, end: number) => void;

  constructor(machine: Machine, observer: HardwareObserver) {
    const staleTlb = new FastStaleTlb(machine.onlineCpus.length);
    this.machine = machine;
    this.profile = archProfile(machine.arch);
    this.staleTlb = staleTlb;
    this.#observer = observer;
    this.#onlineCpus = machine.onlineCpus;
    this.#frames = new FrameAllocator(machine.ramPages);
    this.#makeStale = (start, end) => staleTlb.cleared(start, end);
  }

  /**
   * Sets the PTEs of `count` pages from `start` (vpn) to frames[first .. first + count), pfns.
   * A page that was present is replaced: its old translation is stale from now on.
   */
  setPtes(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.pageTable.forEachPresentRun(start, start + count, this.#makeStale);
    this.pageTable.set(start, count, frames, first);
    this.#observer.ptesSet(start, count, frames, first);
  }

  /** Clears the PTEs of [start, end) pages; the translations of those present are stale then. */
  clearPtes(start: number, end: number): void {
    this.pageTable.forEachPresentRun(start, end, this.#makeStale);
    this.pageTable.clear(start, end);
    this.#observer.ptesCleared(start, end);
  }

  /**
   * Changes the direct-map PTE of a frame. The old translation is stale then, unless the PTE was
   * not present: no TLB holds a translation that did not exist. Setting what is set is no change.
   */
  setDirectMap(pfn: number, perm: DirectMapPerm): void {
    const before = this.directMapPerm(pfn);
    if (before === perm) return;
    if (perm === DirectMapPerm.default) this.#perms.delete(pfn);
    else this.#perms.set(pfn, perm);
    const vpn = this.machine.directMapVpn + pfn;
    if (before !== DirectMapPerm.invalid) this.staleTlb.cleared(vpn, vpn + 1);
    this.#observer.directMapSet(pfn, perm);
  }

  /** The permission in the direct-map PTE of a frame. */
  directMapPerm(pfn: number): DirectMapPerm {
    return this.#perms.get(pfn) ?? DirectMapPerm.default;
  }

  /** The lowest free pfn, now allocated; -1 when RAM is out. */
  allocFrame(): number {
    const index = this.#frames.allocate();
    if (index < 0) return -1;
    const pfn = FIRST_PFN + index;
    this.#observer.frameAllocated(pfn);
    return pfn;
  }

  /**
   * Gives a frame back. Freeing a frame that is not allocated changes nothing here and returns
   * false; it is reported all the same, for the observer to judge.
   */
  freeFrame(pfn: number): boolean {
    const wasAllocated = this.#frames.free(pfn - FIRST_PFN);
    this.#observer.frameFreed(pfn);
    return wasAllocated;
  }

  /**
   * flush_tlb_kernel_range(start, end) is called: decides what each CPU will drop and adds up the
   * cost. Then `finishFlushAtOnce`, or `invalidateCpu` for each CPU. Where several flushes can be
   * under way at a time, each brings its own plan.
   */
  beginFlush(start: number, end: number, plan: FlushPlan = this.flushPlan): void {
    this.#observer.flushAsked(start, end);
    this.profile.planFlush(start, end, this.#onlineCpus.length, plan);
    this.totals.pagesAsked += Math.max(end - start, 0);
    this.#countFlush(plan);
  }

  /**
   * flush_tlb_kernel_vas(ranges) is called, each range start, end: what one such flush costs, which
   * is less than that of its ranges one by one. All ranges are asked for before any CPU drops one.
   * Then `finishFlushListAtOnce`, or `invalidateCpuList` for each CPU.
   */
  beginFlushList(ranges: readonly number[], plan: FlushPlan = this.flushPlan): void {
    for (let i = 0; i < ranges.length; i += 2) {
      const start = ranges[i] ?? 0;
      const end = ranges[i + 1] ?? 0;
      this.#observer.flushAsked(start, end);
      this.totals.pagesAsked += Math.max(end - start, 0);
    }
    planFlushList(this.profile, ranges, this.#onlineCpus.length, plan);
    this.#countFlush(plan);
  }

  #countFlush(plan: FlushPlan): void {
    const { totals } = this;
    totals.flushes++;
    totals.instructions += plan.instructions;
    totals.ipis += plan.ipis;
    totals.nanoseconds += plan.nanoseconds;
  }

  /** One CPU's share of a begun flush; a plan whose range is empty drops and reports nothing. */
  invalidateCpu(index: number, plan: FlushPlan = this.flushPlan): void {
    const cpu = this.#onlineCpus[index];
    if (cpu === undefined) {
      throw new RangeError(`CPU index ${index}: online are 0 .. ${this.#onlineCpus.length - 1}`);
    }
    if (!(plan.start < plan.end)) return;
    this.staleTlb.invalidate(index, plan.start, plan.end);
    this.#observer.invalidated(cpu, plan.start, plan.end);
  }

  /** One CPU's share of a begun flush of several ranges. */
  invalidateCpuList(
    index: number,
    ranges: readonly number[],
    plan: FlushPlan = this.flushPlan,
  ): void {
    if (plan.full) {
      this.invalidateCpu(index, plan);
      return;
    }
    for (let i = 0; i < ranges.length; i += 2) {
      plan.start = ranges[i] ?? 0;
      plan.end = ranges[i + 1] ?? 0;
      this.invalidateCpu(index, plan);
    }
  }

  /** The shares of all CPUs of a begun flush of several ranges, with nothing in between. */
  finishFlushListAtOnce(ranges: readonly number[]): void {
    for (let i = 0; i < this.#onlineCpus.length; i++) this.invalidateCpuList(i, ranges);
  }

  /** The shares of all CPUs of a begun flush, in order, with nothing in between. */
  finishFlushAtOnce(plan: FlushPlan = this.flushPlan): void {
    const { start, end } = plan;
    if (!(start < end)) return;
    this.staleTlb.invalidateAll(start, end);
    for (const cpu of this.#onlineCpus) this.#observer.invalidated(cpu, start, end);
  }
}
