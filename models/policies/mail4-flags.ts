import type { Run } from '../kernel/point.ts';
import { __find_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import { VMAP_RAM } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';
import { vmMapRamFlags } from './v6.3-vm-map-ram-flags.ts';

/**
 * Version 2: besides marking the areas, vm_unmap_ram() takes the mark VMAP_RAM off again, in the
 * locked step that finds the area, BUG_ON() and all.
 */
export const flags: Patch = {
  name: 'mail4-flags',
  title: 'mm/vmalloc.c: add flags to mark vm_map_ram area',
  source: 'Baoquan He, v2 2/7, December 2022 (mail 4)',
  apply: (Base) =>
    class extends vmMapRamFlags.apply(Base) {
      override *vm_unmap_ram_area(addr: number): Run<void> {
        yield* this.spin_lock(this.vmap_area_lock);
        const va = __find_vmap_area(addr, this.vmap_area_root);
        this.BUG_ON(va === null, 'vm_unmap_ram: !va');
        if (va !== null) va.flags &= ~VMAP_RAM;
        yield* this.spin_unlock(this.vmap_area_lock);
        if (va !== null) yield* this.free_unmap_vmap_area(va);
      }
    },
};
