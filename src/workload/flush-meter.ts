import type { Machine } from '../../models/hardware/machine.ts';
import { DirectMapPerm, type KernelObserver } from '../../models/hardware/observer.ts';
import { PageTable } from '../../models/hardware/page-table.ts';
import { FastStaleTlb } from '../../models/hardware/tlb-fast.ts';
import { IntervalSet } from '../../models/kernel/structures/interval-set.ts';
import { type ArchCosts, FlushCosts } from './flush-costs.ts';

/** What was asked of the TLBs in a run. */
export interface FlushFigures {
  /** Calls of flush_tlb_kernel_range, or of flush_tlb_kernel_vas with a list of ranges. */
  readonly flushes: number;
  /** Pages the calls asked for; an empty range asks for none. */
  readonly pagesAsked: number;
  /**
   * Of these, pages that were unmapped, or changed in the direct map, since they were last asked
   * for. The guard page of an area counts, as an area is unmapped with it: it is what mails call
   * useful.
   */
  readonly pagesUseful: number;
  /** Of these, pages that were mapped, so that a TLB may hold them: what really needs the flush. */
  readonly pagesDirty: number;
  readonly costs: readonly ArchCosts[];
}

/**
 * Follows what a kernel makes the hardware do and judges each flush by what it asks for. Whether an
 * architecture drops more than it is asked to, above some ceiling, is not looked at: a policy
 * cannot rely on it, and figures would not be the same everywhere.
 */
export class FlushMeter implements KernelObserver {
  /** Called when a flush is asked for, before anything that waits for it can be free again. */
  onFlush: () => void = () => {};
  #flushes = 0;
  #pagesAsked = 0;
  #pagesUseful = 0;
  #pagesDirty = 0;
  readonly #costs: FlushCosts;
  readonly #directMapVpn: number;
  readonly #pageTable = new PageTable();
  readonly #perms = new Map<number, DirectMapPerm>();
  /** One CPU is enough: a page is dirty until it was asked for. */
  readonly #dirty = new FastStaleTlb(1);
  readonly #unmapped = new IntervalSet();
  /** Ranges of the flush that is being asked for, no CPU having begun it. */
  #asked: number[] = [];
  readonly #makeDirty = (start: number, end: number) => this.#dirty.cleared(start, end);

  constructor(machine: Machine) {
    this.#directMapVpn = machine.directMapVpn;
    this.#costs = new FlushCosts(machine.onlineCpus.length);
  }

  /** What there was since boot. */
  figures(): FlushFigures {
    this.#finishFlush();
    return {
      flushes: this.#flushes,
      pagesAsked: this.#pagesAsked,
      pagesUseful: this.#pagesUseful,
      pagesDirty: this.#pagesDirty,
      costs: this.#costs.total(),
    };
  }

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.#pageTable.forEachPresentRun(start, start + count, this.#makeDirty);
    this.#pageTable.set(start, count, frames, first);
  }

  ptesCleared(start: number, end: number): void {
    this.#pageTable.forEachPresentRun(start, end, this.#makeDirty);
    this.#pageTable.clear(start, end);
    this.#unmapped.add(start, end);
  }

  directMapSet(pfn: number, perm: DirectMapPerm): void {
    const before = this.#perms.get(pfn) ?? DirectMapPerm.default;
    if (perm === DirectMapPerm.default) this.#perms.delete(pfn);
    else this.#perms.set(pfn, perm);
    if (before === perm || before === DirectMapPerm.invalid) return;
    const vpn = this.#directMapVpn + pfn;
    this.#dirty.cleared(vpn, vpn + 1);
    this.#unmapped.add(vpn, vpn + 1);
  }

  /** The ranges of one call come one after the other; none of them is empty unless it is alone. */
  flushAsked(start: number, end: number): void {
    const isEmpty = !(start < end);
    if (isEmpty) this.#finishFlush();
    if (this.#asked.length === 0) this.onFlush();
    this.#asked.push(start, end);
    if (isEmpty) {
      this.#finishFlush();
      return;
    }
    this.#pagesAsked += end - start;
    this.#pagesUseful += this.#unmapped.countWithin(start, end);
    this.#pagesDirty += this.#dirty.countStale(start, end);
    this.#unmapped.remove(start, end);
    this.#dirty.invalidateAll(start, end);
  }

  invalidated(): void {
    this.#finishFlush();
  }

  #finishFlush(): void {
    if (this.#asked.length === 0) return;
    this.#flushes++;
    this.#costs.add(this.#asked);
    this.#asked = [];
  }

  frameAllocated(): void {}
  frameFreed(): void {}
  innerAllocated(): void {}
  innerFreeBegins(): void {}
  innerFreeReturned(): void {}
  complaint(): void {}
}
