import { DirectMapPerm } from '../hardware/observer.ts';
import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import { VM_FLUSH_RESET_PERMS, VM_UNINITIALIZED } from '../kernel/vm-flags.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/**
 * There is no VM_FLUSH_RESET_PERMS: vfree() does nothing to the direct map. Who made the frames of
 * an area read-only makes them writable again before freeing it, as the module loader does with
 * set_memory_rw(); the flag only tells the model whose area that is. The area itself becomes lazy
 * like any other: its frames are free while a TLB may still hold the old, executable mapping.
 */
export const loaderResetsPerms: Patch = {
  name: 'v5.1-loader-resets-perms',
  title: 'before VM_FLUSH_RESET_PERMS',
  source: '868b104d7379 (v5.2); v4.19 source',
  apply: (Base) =>
    class extends Base {
      /** Flushes aliases first, and then the direct-map pages whose permissions it changed. */
      *set_memory_rw(area: VmStruct): Run<void> {
        yield* this.vm_unmap_aliases();
        const pages = [...(area.pages ?? [])]
          .filter((pfn) => this.hardware.directMapPerm(pfn) === DirectMapPerm.readOnly)
          .sort((a, b) => a - b);
        for (const pfn of pages) this.hardware.setDirectMap(pfn, DirectMapPerm.default);
        yield* this.cpa_flush(pages);
      }

      /** Of an address without an area, it follows a NULL pointer. */
      override *__vunmap(vpn: number, deallocate_pages: boolean): Run<void> {
        const va = yield* this.find_vmap_area(vpn);
        if (va === null) throw new KernelOops('__vunmap: find_vmap_area() returned NULL');
        const area = va.vm;
        if (this.WARN_ON(area === null, 'Trying to vfree() nonexistent vm area')) return;
        if (area === null) return;
        const { flags } = area;
        const isLoaders =
          (flags & (VM_FLUSH_RESET_PERMS | VM_UNINITIALIZED)) === VM_FLUSH_RESET_PERMS;
        if (isLoaders && deallocate_pages) yield* this.set_memory_rw(area);

        yield* this.remove_vm_area(vpn);
        if (deallocate_pages) yield* this.free_area_pages(area);
        this.kfree_vm_struct(area);
      }
    },
};
