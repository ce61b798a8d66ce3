import type { Run } from '../kernel/point.ts';
import { ListHead } from '../kernel/structures/list.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * One walk under vmap_purge_lock: each block is purged if it is fragmented, and only otherwise is
 * its dirty range collected. Hands purge_fragmented_block() the queue of the CPU whose index the
 * block is in, which need not be the queue whose list it is on.
 */
export const oneWalk: Patch = {
  name: 'tglx-2of6-one-walk',
  title: 'mm/vmalloc: avoid iterating over per CPU vmap blocks twice',
  source: 'ca5e46c3400b (v6.5)',
  apply: (Base) =>
    class extends Base {
      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        const purge_list = new ListHead<VmapBlock>(null);
        yield* this.mutex_lock(this.vmap_purge_lock);
        for (const cpu of this.machine.possibleCpus) {
          const vbq = this.per_cpu_vbq(cpu);
          const xa = vbq.vmap_blocks;
          if (xa === null) continue;
          this.rcu_read_lock();
          for (let vb = yield* this.xa_first(xa); vb !== null; vb = yield* this.xa_next(xa, vb)) {
            yield* this.spin_lock(vb.lock);
            const purged = yield* this.purge_fragmented_block(vb, vbq, purge_list, false);
            if (!purged && this.hasDirtyRange(vb)) {
              start = Math.min(vb.va.va_start + vb.dirty_min, start);
              end = Math.max(vb.va.va_start + vb.dirty_max, end);
              this.dirtyRangeCollected(vb);
              flush = true;
            }
            yield* this.spin_unlock(vb.lock);
          }
          this.rcu_read_unlock();
        }
        yield* this.free_purged_blocks(purge_list);

        const purged = yield* this.__purge_vmap_area_lazy(start, end);
        if (!purged && flush) yield* this.flush_tlb_kernel_range(start, end);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
