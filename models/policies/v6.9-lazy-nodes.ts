import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import { list_empty, list_first_entry, list_last_entry } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import { forEachInOrder, type VmapNode } from '../kernel/vmap-node.ts';
import type { Patch } from './policy.ts';

/**
 * Lazy areas too are kept by nodes. A purge flushes one hull over those of all nodes, and lets
 * nobody have the lock in between; the drain work purges once and does not look again.
 */
export const lazyNodes: Patch = {
  name: 'v6.9-lazy-nodes',
  title: 'mm: vmalloc: remove global purge_vmap_area_root rb-tree',
  source: 'Uladzislau Rezki, v3 06/11, 2 January 2024',
  apply: (Base) =>
    class extends Base {
      override *__purge_vmap_area_lazy(
        start: number,
        end: number,
        _full_pool_decay = false,
      ): Run<boolean> {
        this.lockdep_assert_held(this.vmap_purge_lock);
        const purge_nodes: VmapNode[] = [];
        for (const vn of this.vmap_nodes) {
          if (!(yield* this.detachLazyAreas(vn))) continue;
          start = Math.min(start, list_first_entry(vn.purge_list).va_start);
          end = Math.max(end, list_last_entry(vn.purge_list).va_end);
          purge_nodes.push(vn);
        }
        let num_purged_areas = 0;
        if (purge_nodes.length > 0) {
          yield* this.flush_tlb_kernel_range(start, end);
          for (const vn of purge_nodes) {
            yield* this.purge_vmap_node(vn);
            num_purged_areas += vn.nr_purged;
          }
        }
        this.trace('purge_vmap_area_lazy');
        return num_purged_areas > 0;
      }

      override *drain_vmap_area_work(): Run<void> {
        this.trace('drain_vmap_area_work');
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }

      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        const linked = !list_empty(va.list);
        if (this.WARN_ON(linked, 'free_vmap_area_noflush: still on a list')) return;
        const nr = va.va_end - va.va_start;
        const { lazy } = this.addr_to_node(va.va_start);
        const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);
        yield* this.spin_lock(lazy.lock);
        merge_or_add_vmap_area(va, lazy.root, lazy.head, this.vmap_area_cachep);
        yield* this.spin_unlock(lazy.lock);
        if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
      }

      override forEachLazy(visit: (va: VmapArea) => void): void {
        forEachInOrder(
          this.vmap_nodes.map(({ lazy }) => lazy.head),
          visit,
        );
      }
    },
};
