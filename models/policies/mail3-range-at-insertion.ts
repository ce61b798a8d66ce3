import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import type { LlistNode } from '../kernel/structures/llist.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { Patch } from './policy.ts';

/**
 * Whoever frees an area widens the flush range, so that the purge need not walk the list for it.
 * The range is widened before the area is on the list and taken after the list is: an area that
 * comes between is flushed now, and freed by the next purge, which may find the range empty. Both
 * ends change under one lock; taken one after the other, an area could lose one of its ends.
 */
export const rangeAtInsertion: Patch = {
  name: 'mail3-range-at-insertion',
  title: 'the flush range is kept with min/max when an area is put on vmap_purge_list',
  source: 'Uladzislau Rezki, 29 January 2019 (mail 3): "this is just an idea"; the lock is ours',
  apply: (Base) =>
    class extends Base {
      readonly flush_range_lock = this.newLock('flush_range_lock');
      flush_start = ULONG_MAX;
      flush_end = ADDRESS_ZERO;

      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        yield* this.spin_lock(this.flush_range_lock);
        this.flush_start = Math.min(this.flush_start, va.va_start);
        this.flush_end = Math.max(this.flush_end, va.va_end);
        yield* this.spin_unlock(this.flush_range_lock);
        yield* super.free_vmap_area_noflush(va);
      }

      override *flushPurgeChain(
        _valist: LlistNode<VmapArea>,
        start: number,
        end: number,
      ): Run<void> {
        yield* this.spin_lock(this.flush_range_lock);
        start = Math.min(start, this.flush_start);
        end = Math.max(end, this.flush_end);
        this.flush_start = ULONG_MAX;
        this.flush_end = ADDRESS_ZERO;
        yield* this.spin_unlock(this.flush_range_lock);
        if (start < end) yield* this.flush_tlb_kernel_range(start, end);
      }
    },
};
