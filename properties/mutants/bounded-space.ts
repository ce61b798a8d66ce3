import type { Run } from '../../models/kernel/point.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, scenario } from './mutant.ts';

/** Address space that nobody uses is not given back. */
export const boundedSpaceMutants: readonly Mutant[] = [
  {
    property: 'bounded-space',
    patch: {
      name: 'fragmented-blocks-kept',
      title: 'vm_unmap_aliases purges no block',
      source: '02b709df817c (v2.6.33) undone',
      apply: (Base) =>
        class extends Base {
          override *purge_fragmented_block(): Run<boolean> {
            return false;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      'cpus=2 vmalloc=64 block=8 max-alloc=4',
      'A = vm_map_ram(4)',
      'B = vm_map_ram(2)',
      'C = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'vm_unmap_ram(B)',
      'vm_unmap_ram(C)',
      'vm_unmap_aliases()',
    ),
    search: {},
  },
];
