import type { Run } from '../../models/kernel/point.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'flushed-exactly-once';

/**
 * What is clean is flushed again. v6.5 does so too, when a block becomes all dirty or one range
 * covers two: only the scenarios below keep clear of that.
 */
export const flushedExactlyOnceMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'dirty-range-kept',
      title: 'vm_unmap_aliases does not reset dirty_min and dirty_max of what it flushes',
      source: 'a09fad96ffb1 (v6.5) undone',
      apply: (Base) =>
        class extends Base {
          override dirtyRangeCollected(_vb: VmapBlock): void {}
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'vm_unmap_aliases()',
      'vm_unmap_aliases()',
    ),
    search: null,
  },
  {
    property,
    patch: {
      name: 'purge-flush-not-reported',
      title: '__purge_vmap_area_lazy says it did nothing, and vm_unmap_aliases flushes once more',
      source: 'the return value of __purge_vmap_area_lazy()',
      apply: (Base) =>
        class extends Base {
          override *__purge_vmap_area_lazy(start: number, end: number): Run<boolean> {
            yield* super.__purge_vmap_area_lazy(start, end);
            return false;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'B = vmap(1)',
      'vm_unmap_ram(A)',
      'vunmap(B)',
      'vm_unmap_aliases()',
    ),
    search: null,
  },
];
