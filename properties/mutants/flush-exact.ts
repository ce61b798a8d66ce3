import type { Run } from '../../models/kernel/point.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

/**
 * Every policy violates the property: guard pages are flushed, and whatever lies between two dirty
 * ranges. It holds where regions of vm_map_ram, powers of two in size, are unmapped one at a time
 * with a vm_unmap_aliases after each.
 */
export const flushExactMutants: readonly Mutant[] = [
  {
    property: 'flush-exact',
    patch: {
      name: 'whole-block-dirty',
      title: 'vb_free makes all of its block the dirty range',
      source: 'Thomas Gleixner, 19 May 2023 (mail 1): overbroad flushes',
      apply: (Base) =>
        class extends Base {
          override *addDirtyAndUnlock(vb: VmapBlock, offset: number, order: number): Run<void> {
            vb.dirty_min = 0;
            vb.dirty_max = this.VMAP_BBMAP_BITS;
            yield* super.addDirtyAndUnlock(vb, offset, order);
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'B = vm_map_ram(2)',
      'vm_unmap_ram(A)',
      'vm_unmap_aliases()',
      'vm_unmap_ram(B)',
      'vm_unmap_aliases()',
    ),
    search: null,
  },
];
