import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/**
 * Purges fragmented blocks first and collects dirty ranges afterwards, all of it under
 * vmap_purge_lock, so that a block of dirty and free pages only is not counted twice. The mail
 * renames the function to vm_unmap_aliases(void), as after its 2/3 nobody else calls it; without
 * 2/3 vm_reset_perms() still passes it a range.
 */
export const rfc3of3: Patch = {
  name: 'rfc-3of3',
  title: 'mm/vmalloc.c: change _vm_unmap_aliases() to do purge firstly',
  source: 'Baoquan He, RFC 3/3, 19 May 2023 (mail 2)',
  apply: (Base) =>
    class extends Base {
      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        this.might_sleep();
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.purge_fragmented_blocks_allcpus();

        for (const cpu of this.machine.possibleCpus) {
          const vbq = this.per_cpu_vbq(cpu);
          this.rcu_read_lock();
          for (
            let node = yield* this.next_rcu(vbq.free);
            node?.owner;
            node = yield* this.next_rcu(node)
          ) {
            const vb = node.owner;
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

        const purged = yield* this.__purge_vmap_area_lazy(start, end);
        if (!purged && flush) yield* this.flush_tlb_kernel_range(start, end);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
