import { VMALLOC_START } from '../hardware/machine.ts';
import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { VMAP_BLOCK, VMAP_RAM } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/**
 * Marks the areas of vm_map_ram, which have no vm_struct: VMAP_RAM all of them, VMAP_BLOCK besides
 * those that are split into a vmap_block.
 */
export const vmMapRamFlags: Patch = {
  name: 'v6.3-vm-map-ram-flags',
  title: 'mm/vmalloc.c: add flags to mark vm_map_ram area',
  source: 'Baoquan He, v2 2/7, 22 December 2022 (mail 4)',
  apply: (Base) =>
    class extends Base {
      override alloc_vmap_block_area(): Run<VmapArea | number> {
        const size = this.VMAP_BBMAP_BITS;
        const flags = VMAP_RAM | VMAP_BLOCK;
        return this.alloc_vmap_area(size, size, VMALLOC_START, this.VMALLOC_END, flags);
      }

      override alloc_vm_map_ram_area(count: number): Run<VmapArea | number> {
        return this.alloc_vmap_area(count, 1, VMALLOC_START, this.VMALLOC_END, VMAP_RAM);
      }
    },
};
