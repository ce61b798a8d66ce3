import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import { ListHead } from '../kernel/structures/list.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';
import { keepUsable } from './tglx-6of6-keep-usable.ts';

/**
 * A fragmented block with a quarter of its pages free is not purged by vm_unmap_aliases(). When
 * address space has run out it is: "need be purged to cope with an emergency" (the same mail).
 */
export const freeThreshold: Patch = {
  name: 'mail1-free-threshold',
  title: 'do not purge fragmented blocks with more free space than a threshold',
  source: 'Thomas Gleixner and Baoquan He, 19 May 2023 (mail 1)',
  apply: (Base) =>
    class extends keepUsable.apply(Base) {
      override *purge_fragmented_blocks(cpu: number, force_purge = false): Run<void> {
        const purge = new ListHead<VmapBlock>(null);
        const vbq = this.per_cpu_vbq(cpu);
        this.rcu_read_lock();
        for (
          let node = yield* this.next_rcu(vbq.free);
          node?.owner;
          node = yield* this.next_rcu(node)
        ) {
          const vb = node.owner;
          const free = yield* this.READ_ONCE(vb, 'free');
          const dirty = yield* this.READ_ONCE(vb, 'dirty');
          if (!this.isFragmented(free, dirty)) continue;
          yield* this.spin_lock(vb.lock);
          yield* this.purge_fragmented_block(vb, vbq, purge, force_purge);
          yield* this.spin_unlock(vb.lock);
        }
        this.rcu_read_unlock();
        yield* this.free_purged_blocks(purge);
      }

      override *purge_fragmented_blocks_allcpus(force_purge = false): Run<void> {
        for (const cpu of this.machine.possibleCpus) {
          yield* this.purge_fragmented_blocks(cpu, force_purge);
        }
      }

      override *purge_vmap_area_lazy(): Run<void> {
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.purge_fragmented_blocks_allcpus(true);
        yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
