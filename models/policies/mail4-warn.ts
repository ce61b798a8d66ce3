import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/** vm_unmap_ram() of a large area that does not exist complains and returns. */
export const warn: Patch = {
  name: 'mail4-warn',
  title: 'vm_unmap_ram: WARN_ON_ONCE(!va) and bail out',
  source: 'Uladzislau Rezki and Lorenzo Stoakes, December 2022 (mail 4)',
  apply: (Base) =>
    class extends Base {
      override *vm_unmap_ram_area(addr: number): Run<void> {
        const va = yield* this.find_vmap_area(addr);
        if (va === null) this.WARN_ON(true, 'vm_unmap_ram: !va');
        else yield* this.free_unmap_vmap_area(va);
      }
    },
};
