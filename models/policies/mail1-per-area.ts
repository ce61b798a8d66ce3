import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import { ListHead } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * No hull over everything: the architecture gets a list of ranges, one for each lazy area, each
 * dirty range of a block, and the range in the direct map. A lazy area counts with its guard page,
 * a block that is lazy as a whole.
 */
export const perArea: Patch = {
  name: 'mail1-per-area',
  title: 'hand the architecture a list of ranges instead of one hull',
  source: 'Thomas Gleixner, May 2023 (flush_tlb_kernel_vas); Nadav Amit on flushing per area',
  apply: (Base) =>
    class extends Base {
      /** What is to be flushed, start, end, ...: under vmap_purge_lock. */
      readonly flush_list: number[] = [];

      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        const purge_list = new ListHead<VmapBlock>(null);
        yield* this.mutex_lock(this.vmap_purge_lock);
        if (flush) this.flush_list.push(start, end);
        for (const cpu of this.machine.possibleCpus) {
          const vbq = this.per_cpu_vbq(cpu);
          const xa = vbq.vmap_blocks;
          if (xa === null) continue;
          this.rcu_read_lock();
          for (let vb = yield* this.xa_first(xa); vb !== null; vb = yield* this.xa_next(xa, vb)) {
            yield* this.spin_lock(vb.lock);
            const purged = yield* this.purge_fragmented_block(vb, vbq, purge_list, false);
            if (!purged && this.hasDirtyRange(vb)) {
              const { va_start } = vb.va;
              this.flush_list.push(va_start + vb.dirty_min, va_start + vb.dirty_max);
              this.dirtyRangeCollected(vb);
            }
            yield* this.spin_unlock(vb.lock);
          }
          this.rcu_read_unlock();
        }
        yield* this.free_purged_blocks(purge_list);

        const purged = yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
        if (!purged) yield* this.flushList();
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }

      override *flushPurgeList(list: ListHead<VmapArea>): Run<void> {
        for (let node = list.next; node.owner !== null; node = node.next) {
          this.walks.visited(this.current);
          this.flush_list.push(node.owner.va_start, node.owner.va_end);
        }
        yield* this.flushList();
      }

      *flushList(): Run<void> {
        if (this.flush_list.length > 0) yield* this.flush_tlb_kernel_vas(this.flush_list);
        this.flush_list.length = 0;
      }
    },
};
