import { PeakCounter } from './peak-counter.ts';
import type { Run, Step } from './point.ts';
import {
  ListHead,
  list_del,
  list_empty,
  list_first_entry,
  list_last_entry,
  list_replace_init,
} from './structures/list.ts';
import type { LlistNode } from './structures/llist.ts';
import { RbRoot } from './structures/rbtree.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import {
  merge_or_add_vmap_area,
  merge_or_add_vmap_area_augment,
  unlink_va,
} from './structures/vmap-area-tree.ts';
import { forEachArea, VmapAreas } from './vmap-area.ts';

/** The two ends of an empty hull: [ULONG_MAX, 0), in pages. */
export const ULONG_MAX = Number.POSITIVE_INFINITY;
export const ADDRESS_ZERO = Number.NEGATIVE_INFINITY;

/** Lazily freed areas: unmapped, not yet flushed, not yet free. mm/vmalloc.c, v6.1. */
export abstract class LazyPurge extends VmapAreas {
  readonly purge_vmap_area_lock = this.newLock('purge_vmap_area_lock');
  readonly purge_vmap_area_root = new RbRoot<VmapArea>();
  readonly purge_vmap_area_list = new ListHead<VmapArea>(null);
  readonly vmap_purge_lock = this.newMutex('vmap_purge_lock');
  readonly vmap_lazy_nr = this.numbered(new PeakCounter('vmap_lazy_nr'));
  readonly drain_vmap_work = this.newWork('drain_vmap_area_work', () =>
    this.drain_vmap_area_work(),
  );

  abstract purge_fragmented_blocks_allcpus(): Run<void>;

  lazy_max_pages(): number {
    return this.machine.lazyMaxPages;
  }

  /** The purge lets others have the lock in between only while fewer pages than this are lazy. */
  resched_threshold(): number {
    return this.lazy_max_pages() * 2;
  }

  /** Gives the range of a purged area back to the free ones; false if it overlaps one of them. */
  freePurgedArea(va: VmapArea): boolean {
    this.walks.visited(this.current);
    const merged = merge_or_add_vmap_area_augment(
      va,
      this.free_vmap_area_root,
      this.free_vmap_area_list,
      this.vmap_area_cachep,
    );
    return merged !== null;
  }

  /**
   * Flushes the hull of the lazy areas and [start, end) once, and frees the lazy areas.
   * Returns false, having flushed nothing, if there were none. `full_pool_decay` means nothing
   * before v6.9.
   */
  *__purge_vmap_area_lazy(start: number, end: number, _full_pool_decay = false): Run<boolean> {
    this.lockdep_assert_held(this.vmap_purge_lock);
    const local_purge_list = new ListHead<VmapArea>(null);
    yield* this.spin_lock(this.purge_vmap_area_lock);
    this.purge_vmap_area_root.rb_node = null;
    list_replace_init(this.purge_vmap_area_list, local_purge_list);
    yield* this.spin_unlock(this.purge_vmap_area_lock);
    if (list_empty(local_purge_list)) return false;

    this.trace('purge_vmap_area_lazy');
    yield* this.flushPurgeList(local_purge_list, start, end);
    yield* this.freePurgeList(local_purge_list);
    return true;
  }

  /** Flushes the areas of a list that is not empty, and [start, end): one hull over them all. */
  *flushPurgeList(list: ListHead<VmapArea>, start: number, end: number): Run<void> {
    start = Math.min(start, list_first_entry(list).va_start);
    end = Math.max(end, list_last_entry(list).va_end);
    yield* this.flush_tlb_kernel_range(start, end);
  }

  /** The same of a chain in no order, of which every area has to be looked at. Until v5.10. */
  *flushPurgeChain(valist: LlistNode<VmapArea>, start: number, end: number): Run<void> {
    for (let node: LlistNode<VmapArea> | null = valist; node !== null; node = node.next) {
      this.walks.visited(this.current);
      start = Math.min(start, node.owner.va_start);
      end = Math.max(end, node.owner.va_end);
    }
    yield* this.flush_tlb_kernel_range(start, end);
  }

  /** Makes the areas of a list, flushed by now, free address space again. */
  *freePurgeList(list: ListHead<VmapArea>): Run<void> {
    const resched_threshold = this.resched_threshold();

    yield* this.spin_lock(this.free_vmap_area_lock);
    for (let node = list.next; node.owner !== null; ) {
      const va = node.owner;
      node = node.next;
      list_del(va.list);
      const nr = va.va_end - va.va_start;
      if (!this.freePurgedArea(va)) continue;
      yield* this.atomic_long_sub(nr, this.vmap_lazy_nr);
      if ((yield* this.atomic_long_read(this.vmap_lazy_nr)) < resched_threshold) {
        yield* this.cond_resched_lock(this.free_vmap_area_lock);
      }
    }
    yield* this.spin_unlock(this.free_vmap_area_lock);
  }

  /**
   * Purges everything that can be purged: address space has run out. Its name in later kernels is
   * reclaim_and_purge_vmap_areas().
   */
  override *purge_vmap_area_lazy(): Run<void> {
    yield* this.mutex_lock(this.vmap_purge_lock);
    yield* this.purge_fragmented_blocks_allcpus();
    yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
    yield* this.mutex_unlock(this.vmap_purge_lock);
  }

  *drain_vmap_area_work(): Run<void> {
    this.trace('drain_vmap_area_work');
    let nr_lazy: number;
    do {
      yield* this.mutex_lock(this.vmap_purge_lock);
      yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
      yield* this.mutex_unlock(this.vmap_purge_lock);
      nr_lazy = yield* this.atomic_long_read(this.vmap_lazy_nr);
    } while (nr_lazy > this.lazy_max_pages());
  }

  /** Asks for a purge, as more than lazy_max_pages() are lazy. */
  requestDrain(): Step<void> {
    return this.schedule_work(this.drain_vmap_work);
  }

  /** Takes an area that becomes lazy out of the busy tree. */
  *unlinkBusyArea(va: VmapArea): Run<void> {
    yield* this.spin_lock(this.vmap_area_lock);
    unlink_va(va, this.vmap_area_root, this.vmap_area_cachep);
    yield* this.spin_unlock(this.vmap_area_lock);
  }

  /** Puts an unmapped area among the lazy ones; the flush comes later. */
  *free_vmap_area_noflush(va: VmapArea): Run<void> {
    yield* this.unlinkBusyArea(va);

    const nr_lazy = yield* this.atomic_long_add_return(va.va_end - va.va_start, this.vmap_lazy_nr);

    yield* this.spin_lock(this.purge_vmap_area_lock);
    merge_or_add_vmap_area(
      va,
      this.purge_vmap_area_root,
      this.purge_vmap_area_list,
      this.vmap_area_cachep,
    );
    yield* this.spin_unlock(this.purge_vmap_area_lock);

    // The area may be gone from here on.
    if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
  }

  *free_unmap_vmap_area(va: VmapArea): Run<void> {
    yield* this.vunmap_range_noflush(va.va_start, va.va_end);
    yield* this.free_vmap_area_noflush(va);
  }

  /** Every lazy area, for inspection. */
  forEachLazy(visit: (va: VmapArea) => void): void {
    forEachArea(this.purge_vmap_area_list, visit);
  }
}
