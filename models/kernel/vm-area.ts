import { MODULES_VPN, VMALLOC_START } from '../hardware/machine.ts';
import { NULL } from './err.ts';
import { KernelOops } from './oops.ts';
import type { Run } from './point.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { __find_vmap_area } from './structures/vmap-area-tree.ts';
import { UnmapAliases } from './unmap-aliases.ts';
import { VM_IOREMAP, VM_NO_GUARD } from './vm-flags.ts';
import { VmStruct } from './vm-struct.ts';

/** IOREMAP_MAX_ORDER on x86-64 (PUD size), in pages. */
const IOREMAP_MAX_ALIGN = 2 ** 18;

/** The alignment of an area for I/O memory of `size` pages, in pages. */
export function ioremapAlign(size: number): number {
  return Math.min(2 ** Math.ceil(Math.log2(size)), IOREMAP_MAX_ALIGN);
}

/** Areas with a vm_struct: reserving and removing them. mm/vmalloc.c, v6.1. */
export abstract class VmAreas extends UnmapAliases {
  /** The range an allocation may lie in: [start, end) in pages. */
  rangeOf(range: 'vmalloc' | 'modules'): readonly [number, number] {
    return range === 'vmalloc'
      ? [VMALLOC_START, this.VMALLOC_END]
      : [MODULES_VPN, MODULES_VPN + this.machine.modulesPages];
  }

  /** Usable pages of an area: without the guard page. */
  get_vm_area_size(area: VmStruct): number {
    this.noteRead(area);
    if (area.freed) throw new KernelOops('use after free: vm_struct');
    return (area.flags & VM_NO_GUARD) === 0 ? area.size - 1 : area.size;
  }

  /** Reserves `size` pages and a guard page. Returns null if there is no room or no memory. */
  *__get_vm_area_node(
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
    const va = yield* this.alloc_vmap_area(size, align, start, end);
    if (typeof va === 'number') {
      this.kfree_vm_struct(area);
      return null;
    }
    yield* this.setup_vmalloc_vm(area, va, flags);
    return area;
  }

  /** Binds a vm_struct and an area that others can find already. */
  *setup_vmalloc_vm(vm: VmStruct, va: VmapArea, flags: number): Run<void> {
    const { lock } = this.busyOf(va.va_start);
    yield* this.spin_lock(lock);
    this.setup_vmalloc_vm_locked(vm, va, flags);
    yield* this.spin_unlock(lock);
  }

  setup_vmalloc_vm_locked(vm: VmStruct, va: VmapArea, flags: number): void {
    vm.flags = flags;
    vm.addr = va.va_start;
    vm.size = va.va_end - va.va_start;
    va.vm = vm;
  }

  get_vm_area(size: number, flags: number): Run<VmStruct | null> {
    return this.__get_vm_area_node(size, 1, flags, VMALLOC_START, this.VMALLOC_END);
  }

  kfree_vm_struct(area: VmStruct): void {
    this.noteWrite(area);
    if (area.freed) throw new KernelOops('double free of a vm_struct');
    area.freed = true;
    this.kfree('vm_struct');
  }

  /** The area an address lies in, or null. The caller keeps it from going away. */
  *find_vm_area(vpn: number): Run<VmStruct | null> {
    const va = yield* this.find_vmap_area(vpn);
    return va === null ? null : va.vm;
  }

  /** Unmaps the area at `vpn` and makes it lazy. Returns its vm_struct, null if there is none. */
  *remove_vm_area(vpn: number): Run<VmStruct | null> {
    this.might_sleep();
    yield* this.spin_lock(this.vmap_area_lock);
    const va = __find_vmap_area(vpn, this.vmap_area_root);
    const vm = va === null ? null : va.vm;
    if (va === null || vm === null) {
      yield* this.spin_unlock(this.vmap_area_lock);
      return null;
    }
    va.vm = null;
    yield* this.spin_unlock(this.vmap_area_lock);
    yield* this.free_unmap_vmap_area(va);
    return vm;
  }

  /** Gives back an area whose owner has cleared nothing but its own mappings. */
  *free_vm_area(area: VmStruct): Run<void> {
    if (area.freed) throw new KernelOops('use after free: free_vm_area(area)');
    const removed = yield* this.remove_vm_area(area.addr);
    this.BUG_ON(removed !== area, 'free_vm_area: ret != area');
    this.kfree_vm_struct(area);
  }

  /** Reserves address space for I/O memory and maps it; returns the vpn or NULL. */
  *ioremap(frames: ArrayLike<number>, pages: number): Run<number> {
    const area = yield* this.get_vm_area(pages, VM_IOREMAP);
    if (area === null) return NULL;
    if ((yield* this.vmap_pages_range(area.addr, pages, frames)) < 0) {
      yield* this.free_vm_area(area);
      return NULL;
    }
    return area.addr;
  }

  /** Maps `count` frames of the caller's; returns the vpn or NULL. */
  *vmap(frames: ArrayLike<number>, count: number): Run<number> {
    this.might_sleep();
    if (count > this.machine.ramPages) return NULL;
    const area = yield* this.get_vm_area(count, 0);
    if (area === null) return NULL;
    if ((yield* this.vmap_pages_range(area.addr, count, frames)) < 0) {
      yield* this.vunmap(area.addr);
      return NULL;
    }
    return area.addr;
  }
}
