import type { Run } from '../../models/kernel/point.ts';
import type { ListHead } from '../../models/kernel/structures/list.ts';
import type { VmapBlock, VmapBlockQueue } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

/** Blocks are thrown away that are worth keeping. */
export const noPrematurePurgeMutants: readonly Mutant[] = [
  {
    property: 'no-premature-purge',
    patch: {
      name: 'threshold-whole-block',
      title: 'VMAP_PURGE_THRESHOLD is the whole block: every fragmented block is purged',
      source: '77e50af07f14 (v6.5) undone',
      apply: (Base) =>
        class extends Base {
          override *purge_fragmented_block(
            vb: VmapBlock,
            vbq: VmapBlockQueue,
            purge_list: ListHead<VmapBlock>,
          ): Run<boolean> {
            return yield* super.purge_fragmented_block(vb, vbq, purge_list, true);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'),
    search: {},
  },
];
