import type { FlushPlan } from '../hardware/arch.ts';
import { emptyFlushPlan } from '../hardware/hardware.ts';
import { DirectMapPerm } from '../hardware/observer.ts';
import { ENOMEM } from './err.ts';
import { AREA_READ, PTE_READ, PTE_WRITE, TLB_DROP, TLB_READ, TLB_STALE } from './footprint.ts';
import { KernelBase } from './kernel-base.ts';
import { PassedStep, type Run, type Step, StoppedStep } from './point.ts';

/** Pages that one page-table page of the lowest level maps. */
const PTRS_PER_PTE = 512;

const passed = new PassedStep<void>(undefined);
const passedNumber = new PassedStep<number>(0);

/** Page tables, the direct map, frames and the TLB flush, as mm/vmalloc.c uses them. */
export abstract class PageTables extends KernelBase {
  /** Lowest-level page tables that exist; vmalloc never frees them. */
  readonly #pteTables = new Set<number>();
  #lastPteTable = Number.NaN;

  /** Whether the page table for a page exists or could be allocated (pte_alloc_kernel). */
  #pte_alloc_kernel(table: number): boolean {
    if (table === this.#lastPteTable) return true;
    if (!this.#pteTables.has(table)) {
      if (!this.mayAllocate()) return false;
      this.#pteTables.add(table);
    }
    this.#lastPteTable = table;
    return true;
  }

  /**
   * Maps `pages` frames at `addr`. Returns 0, or ENOMEM with the pages before the failing one
   * mapped: undoing that is the caller's business, as in the kernel. A PTE that is in use is
   * ENOMEM too: vmap_pages_pmd_range() drops the EBUSY of vmap_pages_pte_range().
   */
  vmap_pages_range(addr: number, pages: number, frames: ArrayLike<number>): Step<number> {
    this.BUG_ON(pages <= 0, 'vmap_pages_range: addr >= end');
    if (this.stopsHere()) {
      return new StoppedStep('pte', this.hardware, 'set_pte_at', () => {
        this.notePages(addr, addr + pages, PTE_WRITE | TLB_READ | TLB_STALE | AREA_READ);
        return this.#mapNow(addr, pages, frames);
      });
    }
    return passedNumber.with(this.#mapNow(addr, pages, frames));
  }

  #mapNow(addr: number, pages: number, frames: ArrayLike<number>): number {
    const end = addr + pages;
    let at = addr;
    while (at < end) {
      const table = Math.floor(at / PTRS_PER_PTE);
      const stop = Math.min(end, (table + 1) * PTRS_PER_PTE);
      if (!this.#pte_alloc_kernel(table)) return ENOMEM;
      const occupied = this.hardware.pageTable.firstPresent(at, stop);
      if (this.WARN_ON(occupied < stop, 'vmap_pages_pte_range: the PTE is not none')) {
        if (occupied > at) this.hardware.setPtes(at, occupied - at, frames, at - addr);
        return ENOMEM;
      }
      this.hardware.setPtes(at, stop - at, frames, at - addr);
      at = stop;
    }
    return 0;
  }

  /** Clears the PTEs of [start, end); stale TLB entries stay. */
  vunmap_range_noflush(start: number, end: number): Step<void> {
    this.BUG_ON(start >= end, 'vunmap_range_noflush: addr >= end');
    if (this.stopsHere()) {
      return new StoppedStep('pte', this.hardware, 'pte_clear', () => {
        this.notePages(start, end, PTE_WRITE | TLB_STALE | AREA_READ);
        this.hardware.clearPtes(start, end);
      });
    }
    this.hardware.clearPtes(start, end);
    return passed;
  }

  /** Invalidates [start, end) on every online CPU, the way the architecture does it. */
  flush_tlb_kernel_range(start: number, end: number): Step<void> {
    this.trace('flush_tlb_kernel_range');
    if (this.interleaved) {
      // A plan of its own: another task's flush may begin before this one is done.
      const plan = emptyFlushPlan();
      this.hardware.beginFlush(start, end, plan);
      return this.#flushInterleaved(plan);
    }
    this.hardware.beginFlush(start, end);
    this.hardware.finishFlushAtOnce();
    return passed;
  }

  *#flushInterleaved(plan: FlushPlan): Run<void> {
    for (let index = 0; index < this.machine.onlineCpus.length; index++) {
      yield { kind: 'flush', object: this.hardware, label: 'flush_tlb_kernel_range' };
      this.notePages(plan.start, plan.end, TLB_DROP);
      this.hardware.invalidateCpu(index, plan);
    }
  }

  /**
   * Invalidates several ranges at once, each start, end; `ranges` must not be empty. No kernel has
   * it: Thomas Gleixner sketched it in May 2023, so that one interrupt does for all ranges.
   */
  flush_tlb_kernel_vas(ranges: readonly number[]): Step<void> {
    this.trace('flush_tlb_kernel_vas');
    if (this.interleaved) {
      const plan = emptyFlushPlan();
      this.hardware.beginFlushList(ranges, plan);
      return this.#flushListInterleaved(ranges, plan);
    }
    this.hardware.beginFlushList(ranges);
    this.hardware.finishFlushListAtOnce(ranges);
    return passed;
  }

  *#flushListInterleaved(ranges: readonly number[], plan: FlushPlan): Run<void> {
    for (let index = 0; index < this.machine.onlineCpus.length; index++) {
      yield { kind: 'flush', object: this.hardware, label: 'flush_tlb_kernel_vas' };
      this.#noteDrops(ranges, plan);
      this.hardware.invalidateCpuList(index, ranges, plan);
    }
  }

  #noteDrops(ranges: readonly number[], plan: FlushPlan): void {
    if (plan.full) this.notePages(plan.start, plan.end, TLB_DROP);
    for (let i = 0; i < ranges.length; i += 2) {
      this.notePages(ranges[i] ?? 0, ranges[i + 1] ?? 0, TLB_DROP);
    }
  }

  /** The frame a vmalloc page maps now, or -1. */
  vmalloc_to_page(vpn: number): number {
    this.notePages(vpn, vpn + 1, PTE_READ);
    return this.hardware.pageTable.lookup(vpn);
  }

  /** Takes the direct-map PTE away without a flush. */
  set_direct_map_invalid_noflush(pfn: number): void {
    this.setDirectMap(pfn, DirectMapPerm.invalid);
  }

  /** Gives the direct-map PTE its default permissions back, without a flush. */
  set_direct_map_default_noflush(pfn: number): void {
    this.setDirectMap(pfn, DirectMapPerm.default);
  }

  /** Changes a direct-map PTE, without a flush. */
  setDirectMap(pfn: number, perm: DirectMapPerm): void {
    const vpn = this.machine.directMapVpn + pfn;
    this.notePages(vpn, vpn + 1, PTE_WRITE | TLB_STALE);
    this.hardware.setDirectMap(pfn, perm);
  }

  /** The permission in a direct-map PTE. */
  directMapPerm(pfn: number): DirectMapPerm {
    const vpn = this.machine.directMapVpn + pfn;
    this.notePages(vpn, vpn + 1, PTE_READ);
    return this.hardware.directMapPerm(pfn);
  }

  /** The lowest free frame, whichever task asks first; -1 when RAM is out. */
  allocFrame(): number {
    this.noteWrite(this.hardware);
    return this.hardware.allocFrame();
  }

  /** A frame for vmalloc, or -1. */
  alloc_page(): number {
    return this.mayAllocate() ? this.allocFrame() : -1;
  }

  __free_page(pfn: number): void {
    const vpn = this.machine.directMapVpn + pfn;
    this.noteWrite(this.hardware);
    this.notePages(vpn, vpn + 1, PTE_READ | TLB_READ);
    this.hardware.freeFrame(pfn);
  }
}
