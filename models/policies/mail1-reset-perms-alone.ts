import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area_augment } from '../kernel/structures/vmap-area-tree.ts';
import { VM_FLUSH_RESET_PERMS } from '../kernel/vm-flags.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/**
 * A VM_FLUSH_RESET_PERMS area does not become lazy: it is flushed at once and free. Its range in
 * the direct map is a second flush; nothing else is purged. For kernels in which remove_vm_area()
 * has taken the area out of the busy tree before it unmaps it (v6.3).
 */
export const resetPermsAlone: Patch = {
  name: 'mail1-reset-perms-alone',
  title: 'take VM_FLUSH_RESET_PERMS memory out and flush it alone',
  source: 'Baoquan He, 19 May 2023 (mail 1; RFC 2/3 of that day)',
  apply: (Base) =>
    class extends Base {
      override *free_unmap_vmap_area(va: VmapArea): Run<void> {
        if (va.vm === null || (va.vm.flags & VM_FLUSH_RESET_PERMS) === 0) {
          yield* super.free_unmap_vmap_area(va);
          return;
        }
        yield* this.vunmap_range_noflush(va.va_start, va.va_end);
        yield* this.flush_tlb_kernel_range(va.va_start, va.va_end);

        yield* this.spin_lock(this.free_vmap_area_lock);
        merge_or_add_vmap_area_augment(
          va,
          this.free_vmap_area_root,
          this.free_vmap_area_list,
          this.vmap_area_cachep,
        );
        yield* this.spin_unlock(this.free_vmap_area_lock);
      }

      override *vm_reset_perms(area: VmStruct): Run<void> {
        const [start, end] = this.directMapHull(area);
        this.set_area_direct_map(area, (pfn) => this.set_direct_map_invalid_noflush(pfn));
        if (start < end) yield* this.flush_tlb_kernel_range(start, end);
        this.set_area_direct_map(area, (pfn) => this.set_direct_map_default_noflush(pfn));
      }
    },
};
