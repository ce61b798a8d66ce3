import type { Run } from '../kernel/point.ts';
import { ListHead, list_del_init } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { VmapNode } from '../kernel/vmap-node.ts';
import type { Patch } from './policy.ts';

/** vmap_lazy_nr goes down once for all areas of a node, after they went to the pools. */
export const batchedCount: Patch = {
  name: 'v6.11-batched-count',
  title: 'mm: vmalloc: optimize vmap_lazy_nr arithmetic when purging each vmap_area',
  source: '409faf8c97d5 (v6.11)',
  apply: (Base) =>
    class extends Base {
      override *purge_vmap_node(vn: VmapNode): Run<void> {
        this.trace('purge_vmap_node');
        const local_list = new ListHead<VmapArea>(null);
        let nr_purged_pages = 0;
        vn.nr_purged = 0;
        for (let node = vn.purge_list.next; node.owner !== null; ) {
          const va = node.owner;
          node = node.next;
          list_del_init(va.list);
          nr_purged_pages += va.va_end - va.va_start;
          vn.nr_purged++;
          yield* this.poolOrList(vn, va, local_list);
        }
        yield* this.atomic_long_sub(nr_purged_pages, this.vmap_lazy_nr);
        yield* this.reclaim_list_global(local_list);
      }
    },
};
