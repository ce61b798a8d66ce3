import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { unlink_va } from '../kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/**
 * A lazy area stays in the busy tree until it is purged: find_vmap_area() still finds it. That it
 * has a vm_struct is told by VM_VM_AREA, which is set and cleared together with va->vm.
 */
export const lazyStaysBusy: Patch = {
  name: 'v5.3-lazy-stays-busy',
  title: 'before "mm/vmalloc: do not keep unpurged areas in the busy tree"',
  source: 'dd3b8353bae7 (v5.4)',
  apply: (Base) =>
    class extends Base {
      /** It does not leave. */
      override *unlinkBusyArea(_va: VmapArea): Run<void> {}

      /** __free_vmap_area(): out of the busy tree now, under the lock of both. */
      override freePurgedArea(va: VmapArea): boolean {
        unlink_va(va, this.vmap_area_root, this.vmap_area_cachep);
        return super.freePurgedArea(va);
      }

      override *free_vmap_area(va: VmapArea): Run<void> {
        yield* this.spin_lock(this.vmap_area_lock);
        this.freePurgedArea(va);
        yield* this.spin_unlock(this.vmap_area_lock);
      }

      /** Looks the area up and marks it in two locked steps: two callers may both find it. */
      override *remove_vm_area(vpn: number): Run<VmStruct | null> {
        this.might_sleep();
        const va = yield* this.find_vmap_area(vpn);
        if (va === null || va.vm === null) return null;
        const vm = va.vm;
        yield* this.spin_lock(this.vmap_area_lock);
        va.vm = null;
        yield* this.spin_unlock(this.vmap_area_lock);
        yield* this.free_unmap_vmap_area(va);
        return vm;
      }

      override forEachBusy(visit: (va: VmapArea) => void): void {
        const lazy = new Set<VmapArea>();
        this.forEachLazy((va) => lazy.add(va));
        super.forEachBusy((va) => {
          if (!lazy.has(va)) visit(va);
        });
      }
    },
};
