import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { ioremapAlign } from '../kernel/vm-area.ts';
import { VM_IOREMAP, VM_NO_GUARD } from '../kernel/vm-flags.ts';
import { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/** An area has its vm_struct before others can find it, and not under a second lock after. */
export const bindBeforePublish: Patch = {
  name: 'v6.10-bind-before-publish',
  title: 'mm/vmalloc: eliminated the lock contention from twice to once',
  source: 'aaab830ad887 (v6.10)',
  apply: (Base) =>
    class extends Base {
      override initArea(
        va: VmapArea,
        addr: number,
        size: number,
        va_flags: number,
        vm: VmStruct | null,
      ): void {
        super.initArea(va, addr, size, va_flags, vm);
        if (vm === null) return;
        vm.addr = addr;
        vm.size = size;
        va.vm = vm;
      }

      override *__get_vm_area_node(
        size: number,
        align: number,
        flags: number,
        start: number,
        end: number,
      ): Run<VmStruct | null> {
        if (size === 0) return null;
        if ((flags & VM_IOREMAP) !== 0) align = ioremapAlign(size);
        if (!this.kmalloc('vm_struct')) return null;
        const area = this.numbered(new VmStruct());
        if ((flags & VM_NO_GUARD) === 0) size += 1;
        area.flags = flags;
        const va = yield* this.alloc_vmap_area(size, align, start, end, 0, area);
        if (typeof va !== 'number') return area;
        this.kfree_vm_struct(area);
        return null;
      }
    },
};
