import { ENOMEM } from '../../models/kernel/err.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { augment_tree_propagate_from } from '../../models/kernel/structures/vmap-area-tree.ts';
import type { VmapBlock, VmapBlockIndex } from '../../models/kernel/vmap-block-node.ts';
import type { VmapNode } from '../../models/kernel/vmap-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { v6_12 } from '../../models/policies/v6.9.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'space-partition';

/** Address space, or an object that describes it, is lost. */
export const spacePartitionMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'area-lost-without-index-entry',
      title: 'new_vmap_block keeps the area of a block that does not get into the index',
      source: 'the failure path of xa_insert() in new_vmap_block()',
      apply: (Base) =>
        class extends Base {
          #indexFull = false;

          // Asks once more than the kernel, which tries again: so that one failure is enough.
          override *xa_insert(xa: VmapBlockIndex, index: number, vb: VmapBlock): Run<number> {
            this.#indexFull = !this.mayAllocate();
            return this.#indexFull ? ENOMEM : yield* super.xa_insert(xa, index, vb);
          }

          override *free_vmap_area(va: VmapArea): Run<void> {
            if (!this.#indexFull) yield* super.free_vmap_area(va);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = get_vm_area(3)', 'fail_alloc(4)', 'B = vm_map_ram(1)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'left-rest-forgotten',
      title: 'adjust_va_to_fit_type drops what is left of the new area when it splits a free one',
      source: 'NE_FIT_TYPE in adjust_va_to_fit_type() since 68ad4a330433 (v5.2)',
      apply: (Base) =>
        class extends Base {
          override adjust_va_to_fit_type(va: VmapArea, start: number, size: number): number {
            if (va.va_start === start || va.va_end === start + size) {
              return super.adjust_va_to_fit_type(va, start, size);
            }
            va.va_start = start + size;
            augment_tree_propagate_from(va);
            return 0;
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = get_vm_area(1)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'vm-struct-leaked',
      title: 'vunmap does not free the vm_struct',
      source: 'the end of vunmap()',
      apply: (Base) =>
        class extends Base {
          override *vunmap(vpn: number): Run<void> {
            this.might_sleep();
            yield* this.remove_vm_area(vpn);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmap(1)', 'vunmap(A)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'guard-page-lost',
      title: 'free_unmap_vmap_area gives back an area without its guard page',
      source: 'get_vm_area_size() taken for the size of the area',
      apply: (Base) =>
        class extends Base {
          override *free_unmap_vmap_area(va: VmapArea): Run<void> {
            if (va.vm !== null) va.va_end = va.va_start + this.get_vm_area_size(va.vm);
            yield* super.free_unmap_vmap_area(va);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmap(1)', 'vunmap(A)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'pool-not-counted',
      title: 'node_pool_add_va forgets to raise the length of the pool',
      source: 'struct vmap_pool; ec05f51f1e65 (v7.1), where a shrinker resets it',
      apply: (Base) =>
        class extends Base {
          override *node_pool_add_va(n: VmapNode, va: VmapArea): Run<boolean> {
            const added = yield* super.node_pool_add_va(n, va);
            const vp = this.size_to_va_pool(n, va.va_end - va.va_start);
            if (vp !== null) vp.len--;
            return added;
          }
        },
    },
    base: v6_12,
    scenario: scenario(`${SMALL} nodes=2`, 'A = vmap(1)', 'vunmap(A)', 'vm_unmap_aliases()'),
    search: {},
  },
];
