import type { Run } from '../kernel/point.ts';
import { __find_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { Patch } from './policy.ts';

/** vm_unmap_ram() of a large area that does not exist is a BUG(), under vmap_area_lock. */
export const bugOn: Patch = {
  name: 'mail4-bug-on',
  title: 'vm_unmap_ram: BUG_ON(!va), inside the spinlock',
  source: 'Baoquan He, v2 2/7, December 2022 (mail 4)',
  apply: (Base) =>
    class extends Base {
      override *vm_unmap_ram_area(addr: number): Run<void> {
        yield* this.spin_lock(this.vmap_area_lock);
        const va = __find_vmap_area(addr, this.vmap_area_root);
        this.BUG_ON(va === null, 'vm_unmap_ram: !va');
        yield* this.spin_unlock(this.vmap_area_lock);
        if (va !== null) yield* this.free_unmap_vmap_area(va);
      }
    },
};
