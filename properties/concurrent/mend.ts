import type { Run } from '../../models/kernel/point.ts';
import { insert_vmap_area, unlink_va } from '../../models/kernel/structures/vmap-area-tree.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import type { Patch } from '../../models/policies/policy.ts';

/**
 * What would mend the race of the all-dirty block on v6.9 and later. Whoever walks the index first
 * and takes the lazy areas then meets a block in one of them, whenever it comes: a block that it
 * finds in the index is collected though it is all dirty, and one that it does not find there any
 * more is lazy already. Lazy first, so that the lockless look at lazy.root does not miss it.
 */
export const lazyBeforeErased: Patch = {
  name: 'lazy-before-erased',
  title: 'mm/vmalloc: make a block lazy before it leaves the index, in one locked step',
  source: 'ours',
  apply: (Base) =>
    class extends Base {
      override hasDirtyRange(vb: VmapBlock): boolean {
        return vb.dirty_max !== 0;
      }

      override *free_vmap_block(vb: VmapBlock): Run<void> {
        this.trace('free_vmap_block');
        const { va } = vb;
        const xa = this.addr_to_vb_xa(va.va_start);
        const idx = this.addr_to_vb_idx(va.va_start);
        const busy = this.busyOf(va.va_start);
        yield* this.spin_lock(busy.lock);
        unlink_va(va, busy.root, this.vmap_area_cachep);
        yield* this.spin_unlock(busy.lock);

        const vn_id = this.decode_vn_id(va.flags);
        const nr_lazy = yield* this.atomic_long_add_return(
          va.va_end - va.va_start,
          this.vmap_lazy_nr,
        );
        const { lazy } = this.is_vn_id_valid(vn_id)
          ? this.id_to_node(vn_id)
          : this.addr_to_node(va.va_start);
        yield* this.spin_lock(lazy.lock);
        insert_vmap_area(va, lazy.root, lazy.head, this.vmap_area_cachep);
        const tmp = yield* this.xa_erase(xa, idx);
        this.BUG_ON(tmp !== vb, 'free_vmap_block: tmp != vb');
        yield* this.spin_unlock(lazy.lock);
        this.kfree_rcu(vb);
        if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
      }
    },
};
