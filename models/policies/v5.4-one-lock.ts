import { ALIGN, EBUSY, ENOMEM } from '../kernel/err.ts';
import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { insert_vmap_area, unlink_va } from '../kernel/structures/vmap-area-tree.ts';
import { VM_ALLOC } from '../kernel/vm-flags.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/** vmap_area_lock protects the busy areas and the free ones: each becomes the other in one step. */
export const oneLock: Patch = {
  name: 'v5.4-one-lock',
  title: 'before "mm/vmalloc: rework vmap_area_lock"',
  source: 'e36176be1c39 (v5.5); v5.4 source',
  apply: (Base) =>
    class extends Base {
      override readonly free_vmap_area_lock = this.vmap_area_lock;

      override *alloc_vmap_area(
        size: number,
        align: number,
        vstart: number,
        vend: number,
      ): Run<VmapArea | number> {
        this.BUG_ON(size <= 0, 'alloc_vmap_area: !size');
        this.might_sleep();
        const va = this.vmap_area_cachep.alloc();
        if (va === null) return ENOMEM;

        for (let purged = false; ; ) {
          yield* this.preload_this_cpu_lock(this.vmap_area_lock);
          const addr = this.__alloc_vmap_area(size, align, vstart, vend);
          if (addr !== vend) {
            this.initArea(va, addr, size, 0, null);
            insert_vmap_area(va, this.vmap_area_root, this.vmap_area_list, this.vmap_area_cachep);
            yield* this.spin_unlock(this.vmap_area_lock);
            this.BUG_ON(addr !== ALIGN(addr, align), 'alloc_vmap_area: va_start is not aligned');
            this.BUG_ON(addr < vstart, 'alloc_vmap_area: va_start < vstart');
            this.BUG_ON(addr + size > vend, 'alloc_vmap_area: va_end > vend');
            return va;
          }
          yield* this.spin_unlock(this.vmap_area_lock);

          this.trace('alloc_vmap_area: overflow');
          if (!purged) {
            yield* this.purge_vmap_area_lazy();
            purged = true;
          } else if ((yield* this.blocking_notifier_call_chain()) > 0) {
            purged = false;
          } else {
            this.vmap_area_cachep.free(va);
            return EBUSY;
          }
        }
      }

      override *free_vmap_area(va: VmapArea): Run<void> {
        yield* this.spin_lock(this.vmap_area_lock);
        unlink_va(va, this.vmap_area_root, this.vmap_area_cachep);
        this.freePurgedArea(va);
        yield* this.spin_unlock(this.vmap_area_lock);
      }

      /** Makes the areas busy as well, in the same locked step. */
      override takeCongruentAreas(
        vas: (VmapArea | null)[],
        base: number,
        offsets: readonly number[],
        sizes: readonly number[],
      ): boolean {
        if (!super.takeCongruentAreas(vas, base, offsets, sizes)) return false;
        for (const va of vas) {
          if (va === null) continue;
          insert_vmap_area(va, this.vmap_area_root, this.vmap_area_list, this.vmap_area_cachep);
        }
        return true;
      }

      override *insertPcpuAreas(
        vas: readonly (VmapArea | null)[],
        vms: readonly VmStruct[],
      ): Run<void> {
        for (let area = 0; area < vms.length; area++) {
          const va = vas[area];
          const vm = vms[area];
          if (va && vm !== undefined) yield* this.setup_vmalloc_vm(vm, va, VM_ALLOC);
        }
      }
    },
};
