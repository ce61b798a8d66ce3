import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

/** What is clean is flushed again. */
export const flushedExactlyOnceMutants: readonly Mutant[] = [
  {
    property: 'flushed-exactly-once',
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
];
