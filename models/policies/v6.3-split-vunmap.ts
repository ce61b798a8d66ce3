import type { Run } from '../kernel/point.ts';
import { VM_FLUSH_RESET_PERMS } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/** vfree and vunmap each remove the area themselves, first of all; __vunmap is gone. */
export const splitVunmap: Patch = {
  name: 'v6.3-split-vunmap',
  title: 'mm: split __vunmap',
  source: 'Christoph Hellwig, January 2023; v6.12 source',
  apply: (Base) =>
    class extends Base {
      override *vfree(vpn: number): Run<void> {
        this.might_sleep();
        const vm = yield* this.remove_vm_area(vpn);
        if (vm === null) {
          this.WARN_ON(true, 'Trying to vfree() nonexistent vm area');
          return;
        }
        if ((vm.flags & VM_FLUSH_RESET_PERMS) !== 0) yield* this.vm_reset_perms(vm);
        yield* this.free_area_pages(vm);
        this.kfree_vm_struct(vm);
      }

      override *vunmap(vpn: number): Run<void> {
        this.might_sleep();
        const vm = yield* this.remove_vm_area(vpn);
        if (vm === null) {
          this.WARN_ON(true, 'Trying to vunmap() nonexistent vm area');
          return;
        }
        this.kfree_vm_struct(vm);
      }

      override *__vunmap(vpn: number, deallocate_pages: boolean): Run<void> {
        yield* deallocate_pages ? this.vfree(vpn) : this.vunmap(vpn);
      }
    },
};
