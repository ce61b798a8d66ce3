import { EBUSY, EINVAL, ENOMEM } from '../kernel/err.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import {
  ListHead,
  list_del_init,
  list_empty,
  list_first_entry,
  list_last_entry,
} from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { insert_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { VmapNode } from '../kernel/vmap-node.ts';
import type { Patch } from './policy.ts';

/**
 * Purged areas of up to 256 pages are kept for the next request of that size from a CPU of the same
 * node. Nodes may be purged by helpers: work items, one for each lazy_max_pages() that are lazy
 * beyond the first. What KASAN does about its shadow is left out.
 */
export const pools: Patch = {
  name: 'v6.9-pools',
  title: 'mm: vmalloc: offload free_vmap_area_lock lock',
  source: '72210662c5a2 (v6.9); Uladzislau Rezki, v3 07/11, 2 January 2024',
  apply: (Base) =>
    class extends Base {
      override *alloc_vmap_area(
        size: number,
        align: number,
        vstart: number,
        vend: number,
        va_flags = 0,
        vm: VmStruct | null = null,
      ): Run<VmapArea | number> {
        if (size <= 0 || !Number.isInteger(Math.log2(align))) return EINVAL;
        this.might_sleep();
        const request = { addr: vend, vn_id: 0 };
        const ready = yield* this.node_alloc(size, align, vstart, vend, request);
        const va = ready ?? this.vmap_area_cachep.alloc();
        if (va === null) return ENOMEM;

        let { addr } = request;
        if (addr === vend) addr = yield* this.allocFromHeap(size, align, vstart, vend);
        if (addr === vend) {
          this.vmap_area_cachep.free(va);
          return EBUSY;
        }
        // Also what came from the heap goes to this node's pool later.
        this.initArea(va, addr, size, va_flags | request.vn_id, vm);
        yield* this.makeBusy(va);
        this.verifyArea(va, align, vstart, vend);
        return va;
      }

      override *purge_vmap_node(vn: VmapNode): Run<void> {
        this.trace('purge_vmap_node');
        const local_list = new ListHead<VmapArea>(null);
        vn.nr_purged = 0;
        for (let node = vn.purge_list.next; node.owner !== null; ) {
          const va = node.owner;
          node = node.next;
          list_del_init(va.list);
          yield* this.atomic_long_sub(va.va_end - va.va_start, this.vmap_lazy_nr);
          vn.nr_purged++;
          yield* this.poolOrList(vn, va, local_list);
        }
        yield* this.reclaim_list_global(local_list);
      }

      override *__purge_vmap_area_lazy(
        start: number,
        end: number,
        full_pool_decay = false,
      ): Run<boolean> {
        this.lockdep_assert_held(this.vmap_purge_lock);
        const purge_nodes: VmapNode[] = [];
        for (const vn of this.vmap_nodes) {
          vn.skip_populate = full_pool_decay;
          yield* this.decay_va_pool_node(vn, full_pool_decay);
          if (!(yield* this.detachLazyAreas(vn))) continue;
          start = Math.min(start, list_first_entry(vn.purge_list).va_start);
          end = Math.max(end, list_last_entry(vn.purge_list).va_end);
          purge_nodes.push(vn);
        }
        let nr_purged_areas = 0;
        if (purge_nodes.length > 0) {
          yield* this.flush_tlb_kernel_range(start, end);
          nr_purged_areas = yield* this.purgeNodes(purge_nodes);
        }
        this.trace('purge_vmap_area_lazy');
        return nr_purged_areas > 0;
      }

      /**
       * The end of __purge_vmap_area_lazy: frees what was detached from the nodes, the first of
       * them through helpers. Returns how many areas that were.
       */
      *purgeNodes(purge_nodes: readonly VmapNode[]): Run<number> {
        const nr_lazy = yield* this.atomic_long_read(this.vmap_lazy_nr);
        const sets = Math.floor(nr_lazy / this.lazy_max_pages());
        let nr_purge_helpers = Math.min(Math.max(sets, 1), purge_nodes.length) - 1;
        let nr_purged_areas = 0;
        for (const vn of purge_nodes) {
          if (nr_purge_helpers > 0) {
            this.trace('purge_vmap_node: helper');
            vn.purge_work = this.INIT_WORK('purge_vmap_node', () => this.purge_vmap_node(vn));
            const online = this.machine.onlineCpus.includes(vn.id);
            yield* this.schedule_work_on(online ? vn.id : this.current.cpu, vn.purge_work);
            nr_purge_helpers--;
          } else {
            vn.purge_work = null;
            yield* this.purge_vmap_node(vn);
            nr_purged_areas += vn.nr_purged;
          }
        }
        for (const vn of purge_nodes) {
          if (vn.purge_work === null) continue;
          yield* this.flush_work(vn.purge_work);
          nr_purged_areas += vn.nr_purged;
        }
        return nr_purged_areas;
      }

      /** reclaim_and_purge_vmap_areas(), which gives up the pools as well. */
      override *purge_vmap_area_lazy(): Run<void> {
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.purge_fragmented_blocks_allcpus();
        yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO, true);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }

      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        const linked = !list_empty(va.list);
        const vn_id = this.decode_vn_id(va.flags);
        if (this.WARN_ON(linked, 'free_vmap_area_noflush: still on a list')) return;
        const nr = va.va_end - va.va_start;
        const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);
        const { lazy } = this.is_vn_id_valid(vn_id)
          ? this.id_to_node(vn_id)
          : this.addr_to_node(va.va_start);
        yield* this.spin_lock(lazy.lock);
        insert_vmap_area(va, lazy.root, lazy.head, this.vmap_area_cachep);
        yield* this.spin_unlock(lazy.lock);
        if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
      }
    },
};
