import { VMALLOC_START } from '../hardware/machine.ts';
import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { VMAP_BLOCK } from '../kernel/vm-flags.ts';
import { flags } from './mail4-flags.ts';
import type { Patch } from './policy.ts';

/**
 * The other reading of the marks: VMAP_RAM for an area of vm_map_ram's own, VMAP_BLOCK (or
 * VMAP_PER_CPU_BLOCK) for one that is split into a block, never both.
 */
export const flagsSplit: Patch = {
  name: 'mail4-flags-split',
  title: 'VMAP_RAM marks areas from alloc_vmap_area() only, VMAP_PER_CPU_BLOCK the others',
  source: 'Uladzislau Rezki, 20 December 2022 (mail 4)',
  apply: (Base) =>
    class extends flags.apply(Base) {
      override alloc_vmap_block_area(): Run<VmapArea | number> {
        const size = this.VMAP_BBMAP_BITS;
        return this.alloc_vmap_area(size, size, VMALLOC_START, this.VMALLOC_END, VMAP_BLOCK);
      }
    },
};
