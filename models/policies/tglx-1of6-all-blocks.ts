import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/** vm_unmap_aliases looks at every block of the index, not just at those with free space left. */
export const allBlocks: Patch = {
  name: 'tglx-1of6-all-blocks',
  title: 'mm/vmalloc: prevent stale TLBs in fully utilized blocks',
  source: 'fc1e0d980037 (v6.5)',
  apply: (Base) =>
    class extends Base {
      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        this.might_sleep();
        for (const cpu of this.machine.possibleCpus) {
          const xa = this.per_cpu_vbq(cpu).vmap_blocks;
          if (xa === null) continue;
          this.rcu_read_lock();
          for (let vb = yield* this.xa_first(xa); vb !== null; vb = yield* this.xa_next(xa, vb)) {
            yield* this.spin_lock(vb.lock);
            if (this.hasDirtyRange(vb)) {
              start = Math.min(vb.va.va_start + vb.dirty_min, start);
              end = Math.max(vb.va.va_start + vb.dirty_max, end);
              flush = true;
            }
            yield* this.spin_unlock(vb.lock);
          }
          this.rcu_read_unlock();
        }

        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.purge_fragmented_blocks_allcpus();
        const purged = yield* this.__purge_vmap_area_lazy(start, end);
        if (!purged && flush) yield* this.flush_tlb_kernel_range(start, end);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
