import { get_order } from '../../models/kernel/err.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { ListHead } from '../../models/kernel/structures/list.ts';
import type { VmapBlock, VmapBlockQueue } from '../../models/kernel/vmap-block-node.ts';
import { v6_4 } from '../../models/policies/v6.4.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'block-integrity';

/** From tglx-2of6 on the property is violated as it is; all of this is on v6.4. */
export const blockIntegrityMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'full-block-stays-listed',
      title: 'vb_alloc leaves a block that is used up on the free list',
      source: 'list_del_rcu() in vb_alloc()',
      apply: (Base) =>
        class extends Base {
          override vbq_list_del(vb: VmapBlock): void {
            if (vb.dirty === this.VMAP_BBMAP_BITS) super.vbq_list_del(vb);
          }
        },
    },
    base: v6_4,
    scenario: scenario(SMALL, 'A = vm_map_ram(2)', 'B = vm_map_ram(2)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'dirty-counted-unrounded',
      title: 'vb_free adds the size to dirty, not the power of two that was allocated',
      source: 'vb->dirty in vb_free(); vb_alloc() takes 1UL << order',
      apply: (Base) =>
        class extends Base {
          override *vb_free(addr: number, size: number): Run<void> {
            const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
            if (vb !== null) vb.dirty -= 2 ** get_order(size) - size;
            yield* super.vb_free(addr, size);
          }
        },
    },
    base: v6_4,
    scenario: scenario(
      'cpus=2 vmalloc=64 block=8 max-alloc=4',
      'A = vm_map_ram(3)',
      'vm_unmap_ram(A)',
    ),
    search: {},
  },
  {
    property,
    patch: {
      name: 'lock-of-hashed-queue',
      title: 'purge_fragmented_block locks the queue of the CPU that the address hashes to',
      source: '8c61291fd850 (v6.10) undone',
      apply: (Base) =>
        class extends Base {
          override *purge_fragmented_block(
            vb: VmapBlock,
            _vbq: VmapBlockQueue,
            purge_list: ListHead<VmapBlock>,
            force_purge: boolean,
          ): Run<boolean> {
            const { possibleCpus } = this.machine;
            const hashed = possibleCpus[vb.index % possibleCpus.length] ?? 0;
            const vbq = this.per_cpu_vbq(hashed);
            return yield* super.purge_fragmented_block(vb, vbq, purge_list, force_purge);
          }
        },
    },
    base: v6_4,
    scenario: scenario(
      SMALL,
      'A = get_vm_area(3)',
      'B = vm_map_ram(1)',
      'vm_unmap_ram(B)',
      'vm_unmap_aliases()',
    ),
    search: {},
  },
];
