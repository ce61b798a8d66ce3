import type { Run } from '../kernel/point.ts';
import { list_empty } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area, unlink_va } from '../kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * An area leaves the busy tree in the same locked step that finds it, so that a second free of the
 * same address finds nothing. free_vmap_area_noflush() no longer unlinks.
 */
export const findUnlink: Patch = {
  name: 'v6.3-find-unlink',
  title: 'mm: vmalloc: avoid calling __find_vmap_area() twice in __vunmap()',
  source: 'Uladzislau Rezki, December 2022 (discussed in mail 4)',
  apply: (Base) =>
    class extends Base {
      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        const linked = !list_empty(va.list);
        if (this.WARN_ON(linked, 'free_vmap_area_noflush: still on a list')) return;
        const nr = va.va_end - va.va_start;
        const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);
        yield* this.spin_lock(this.purge_vmap_area_lock);
        merge_or_add_vmap_area(
          va,
          this.purge_vmap_area_root,
          this.purge_vmap_area_list,
          this.vmap_area_cachep,
        );
        yield* this.spin_unlock(this.purge_vmap_area_lock);
        if (nr_lazy > this.lazy_max_pages()) yield* this.schedule_work(this.drain_vmap_work);
      }

      override *free_vmap_block(vb: VmapBlock): Run<void> {
        this.trace('free_vmap_block');
        const start = vb.va.va_start;
        const tmp = yield* this.xa_erase(this.addr_to_vb_xa(start), this.addr_to_vb_idx(start));
        this.BUG_ON(tmp !== vb, 'free_vmap_block: tmp != vb');

        const busy = this.busyOf(start);
        yield* this.spin_lock(busy.lock);
        unlink_va(vb.va, busy.root, this.vmap_area_cachep);
        yield* this.spin_unlock(busy.lock);

        yield* this.free_vmap_area_noflush(vb.va);
        this.kfree_rcu(vb);
      }

      override *vm_unmap_ram_area(addr: number): Run<void> {
        const va = yield* this.find_unlink_vmap_area(addr);
        if (va === null) this.WARN_ON(true, 'vm_unmap_ram: !va');
        else yield* this.free_unmap_vmap_area(va);
      }

      override *remove_vm_area(vpn: number): Run<VmStruct | null> {
        this.might_sleep();
        const va = yield* this.find_unlink_vmap_area(vpn);
        if (va === null || va.vm === null) return null;
        const vm = va.vm;
        yield* this.free_unmap_vmap_area(va);
        return vm;
      }
    },
};
