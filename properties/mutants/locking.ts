import { get_order, NULL } from '../../models/kernel/err.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'locking';

/** A lock, or the range of a flush, is used in a way the kernel forbids. */
export const lockingMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'flush-of-nothing',
      title: '_vm_unmap_aliases flushes even if it found nothing: from ULONG_MAX to 0',
      source: 'the flush argument of _vm_unmap_aliases()',
      apply: (Base) =>
        class extends Base {
          override *_vm_unmap_aliases(start: number, end: number): Run<void> {
            yield* super._vm_unmap_aliases(start, end, true);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'vm_unmap_aliases()'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'purge-under-spinlock',
      title: 'vm_reset_perms takes vmap_purge_lock, a mutex, with vmap_area_lock held',
      source: 'f9e09977671b (v4.10): since then its callers must be able to sleep',
      apply: (Base) =>
        class extends Base {
          override *vm_reset_perms(area: VmStruct): Run<void> {
            yield* this.spin_lock(this.vmap_area_lock);
            yield* super.vm_reset_perms(area);
            yield* this.spin_unlock(this.vmap_area_lock);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmalloc(1, VM_FLUSH_RESET_PERMS)', 'vfree(A)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'new-block-under-rcu',
      title: 'vb_alloc calls new_vmap_block before rcu_read_unlock',
      source: 'might_sleep() in alloc_vmap_area()',
      apply: (Base) =>
        class extends Base {
          override *new_vmap_block(order: number): Run<number> {
            this.rcu_read_lock();
            const vaddr = yield* super.new_vmap_block(order);
            this.rcu_read_unlock();
            return vaddr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'unlocked-twice',
      title: 'vb_free unlocks the block once more than it locked it',
      source: 'both branches at the end of vb_free() unlock',
      apply: (Base) =>
        class extends Base {
          override *addDirtyAndUnlock(vb: VmapBlock, offset: number, order: number): Run<void> {
            yield* super.addDirtyAndUnlock(vb, offset, order);
            yield* this.spin_unlock(vb.lock);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)', 'vm_unmap_ram(A)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'queue-locked-before-block',
      title: 'vb_alloc takes vbq->lock first and vb->lock inside, the purge the other way round',
      source: 'the order in vb_alloc() and purge_fragmented_block()',
      apply: (Base) =>
        class extends Base {
          override *vb_alloc(size: number): Run<number> {
            const order = get_order(size);
            const vbq = this.per_cpu_vbq(this.current.cpu);
            let vaddr = NULL;
            yield* this.spin_lock(vbq.lock);
            for (
              let node = yield* this.next_rcu(vbq.free);
              node?.owner && vaddr === NULL;
              node = yield* this.next_rcu(node)
            ) {
              const vb = node.owner;
              yield* this.spin_lock(vb.lock);
              if (vb.free >= 2 ** order) vaddr = this.takePages(vb, order);
              if (vb.free === 0) this.vbq_list_del(vb);
              yield* this.spin_unlock(vb.lock);
            }
            yield* this.spin_unlock(vbq.lock);
            return vaddr === NULL ? yield* this.new_vmap_block(order) : vaddr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      'cpus=2 vmalloc=4 block=4 max-alloc=2',
      'A = vm_map_ram(1)',
      'B = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'vm_unmap_ram(B)',
      'C = get_vm_area(3)',
    ),
    search: {},
  },
];
