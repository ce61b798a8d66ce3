import { VMALLOC_START } from '../hardware/machine.ts';
import { ALIGN, alignDown } from './err.ts';
import { KernelOops } from './oops.ts';
import type { Run } from './point.ts';
import { list_entry } from './structures/list.ts';
import { rb_prev } from './structures/rbtree.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { insert_vmap_area, merge_or_add_vmap_area_augment } from './structures/vmap-area-tree.ts';
import { VM_ALLOC } from './vm-flags.ts';
import { VmStruct } from './vm-struct.ts';
import { Vmalloc } from './vmalloc.ts';

/** Where the top-down scan stands: the free area it looks at, and the base it would give. */
interface Scan {
  va: VmapArea | null;
  base: number;
}

/** Congruent areas for the per-CPU allocator, taken from the top. mm/vmalloc.c, v6.1. */
export abstract class PcpuAreas extends Vmalloc {
  /** The free area that encloses `vpn`, or the nearest one below it. */
  pvm_find_va_enclose_addr(vpn: number): VmapArea | null {
    let va: VmapArea | null = null;
    let n = this.free_vmap_area_root.rb_node;
    while (n !== null) {
      if (n.va_start <= vpn) {
        va = n;
        if (n.va_end >= vpn) break;
        n = n.rb_right;
      } else {
        n = n.rb_left;
      }
    }
    return va;
  }

  /** Walks down from `scan.va` to a free area with room below its highest aligned end. */
  pvm_determine_end_from_reverse(scan: Scan, align: number): number {
    const vmalloc_end = alignDown(this.VMALLOC_END, align);
    for (let va = scan.va; va !== null; va = previousInList(va)) {
      this.walks.visited(this.current);
      scan.va = va;
      const addr = Math.min(alignDown(va.va_end, align), vmalloc_end);
      if (va.va_start < addr) return addr;
    }
    scan.va = null;
    return Number.NEGATIVE_INFINITY;
  }

  /** Stops with BUG() at parameters no caller may pass. Returns the end of the last area. */
  verifyParameters(offsets: readonly number[], sizes: readonly number[], align: number): number {
    this.BUG_ON(!Number.isInteger(Math.log2(align)), 'pcpu_get_vm_areas: align');
    const endOf = (area: number) => (offsets[area] ?? 0) + (sizes[area] ?? 0);
    for (let area = 0; area < offsets.length; area++) {
      const start = offsets[area] ?? 0;
      const end = endOf(area);
      const isAligned = start % align === 0 && end % align === 0;
      this.BUG_ON(!isAligned, 'pcpu_get_vm_areas: an offset or a size is not aligned');
      for (let area2 = area + 1; area2 < offsets.length; area2++) {
        const overlaps = (offsets[area2] ?? 0) < end && start < endOf(area2);
        this.BUG_ON(overlaps, 'pcpu_get_vm_areas: two areas overlap');
      }
    }
    return endOf(lastArea(offsets));
  }

  /** The highest base at which every area fits, or NaN. Called under free_vmap_area_lock. */
  findCongruentBase(offsets: readonly number[], sizes: readonly number[], align: number): number {
    const vmalloc_start = ALIGN(VMALLOC_START, align);
    const nr_vms = offsets.length;
    const startOf = (area: number) => offsets[area] ?? 0;
    const endOf = (area: number) => startOf(area) + (sizes[area] ?? 0);
    let area = lastArea(offsets);
    let term_area = area;

    const top = alignDown(this.VMALLOC_END, align);
    const scan: Scan = { va: this.pvm_find_va_enclose_addr(top), base: 0 };
    scan.base = this.pvm_determine_end_from_reverse(scan, align) - endOf(area);
    for (;;) {
      const va = scan.va;
      if (va === null || scan.base < vmalloc_start) return Number.NaN;
      if (scan.base + endOf(area) > va.va_end) {
        scan.base = this.pvm_determine_end_from_reverse(scan, align) - endOf(area);
        term_area = area;
        continue;
      }
      if (scan.base + startOf(area) < va.va_start) {
        scan.va = rb_prev(va);
        scan.base = this.pvm_determine_end_from_reverse(scan, align) - endOf(area);
        term_area = area;
        continue;
      }
      area = (area + nr_vms - 1) % nr_vms;
      if (area === term_area) return scan.base;
      scan.va = this.pvm_find_va_enclose_addr(scan.base + endOf(area));
    }
  }

  /**
   * Cuts every area out of the free space. If a split has no memory, gives back what was taken,
   * leaves null in the places of the objects that went with it, and returns false.
   */
  takeCongruentAreas(
    vas: (VmapArea | null)[],
    base: number,
    offsets: readonly number[],
    sizes: readonly number[],
  ): boolean {
    for (let area = 0; area < vas.length; area++) {
      const start = base + (offsets[area] ?? 0);
      const size = sizes[area] ?? 0;
      const free = this.pvm_find_va_enclose_addr(start);
      const failed = free === null || this.adjust_va_to_fit_type(free, start, size) !== 0;
      if (this.warnOfSplit(failed, 'pcpu_get_vm_areas: no memory to split a free area')) {
        while (area-- > 0) this.giveBack(vas, area);
        return false;
      }
      const va = vas[area];
      if (!va) throw new KernelOops('pcpu_get_vm_areas: vas[area] is NULL');
      va.va_start = start;
      va.va_end = start + size;
    }
    return true;
  }

  giveBack(vas: (VmapArea | null)[], area: number): void {
    const va = vas[area];
    if (!va) return;
    const { free_vmap_area_root, free_vmap_area_list, vmap_area_cachep } = this;
    merge_or_add_vmap_area_augment(va, free_vmap_area_root, free_vmap_area_list, vmap_area_cachep);
    vas[area] = null;
  }

  /** Allocates what is missing of the vmap_areas; false: out of memory. */
  fillVas(vas: (VmapArea | null)[]): boolean {
    for (let area = 0; area < vas.length; area++) {
      vas[area] ??= this.vmap_area_cachep.alloc();
      if (vas[area] === null) return false;
    }
    return true;
  }

  freeVas(vas: (VmapArea | null)[], vms: VmStruct[]): void {
    for (const va of vas) if (va !== null) this.vmap_area_cachep.free(va);
    for (const vm of vms) this.kfree_vm_struct(vm);
  }

  /**
   * Allocates areas of the given sizes whose distances are those of the offsets, all in pages and
   * multiples of `align`. Returns their vm_structs, or null if there is no room or no memory.
   */
  *pcpu_get_vm_areas(
    offsets: readonly number[],
    sizes: readonly number[],
    align: number,
  ): Run<VmStruct[] | null> {
    const last_end = this.verifyParameters(offsets, sizes, align);
    const space = alignDown(this.VMALLOC_END, align) - ALIGN(VMALLOC_START, align);
    if (this.WARN_ON(space < last_end, 'pcpu_get_vm_areas: larger than all of the space')) {
      return null;
    }
    // kcalloc() of the two arrays of pointers, vms and vas.
    const arrays = [this.mayAllocate(), this.mayAllocate()];
    if (arrays.includes(false)) return null;
    const vas: (VmapArea | null)[] = offsets.map(() => null);
    const vms: VmStruct[] = [];
    for (let area = 0; area < offsets.length; area++) {
      vas[area] = this.vmap_area_cachep.alloc();
      if (this.kmalloc('vm_struct')) vms.push(this.numbered(new VmStruct()));
      if (vas[area] === null || vms.length <= area) {
        this.freeVas(vas, vms);
        return null;
      }
    }
    for (let purged = false; ; purged = true) {
      yield* this.spin_lock(this.free_vmap_area_lock);
      const base = this.findCongruentBase(offsets, sizes, align);
      const taken = !Number.isNaN(base) && this.takeCongruentAreas(vas, base, offsets, sizes);
      yield* this.spin_unlock(this.free_vmap_area_lock);
      if (taken) break;
      this.trace('pcpu_get_vm_areas: overflow');
      if (!purged) yield* this.purge_vmap_area_lazy();
      if (purged || !this.fillVas(vas)) {
        this.freeVas(vas, vms);
        return null;
      }
    }
    yield* this.insertPcpuAreas(vas, vms);
    return vms;
  }

  *insertPcpuAreas(vas: readonly (VmapArea | null)[], vms: readonly VmStruct[]): Run<void> {
    yield* this.spin_lock(this.vmap_area_lock);
    for (let area = 0; area < vms.length; area++) {
      const va = vas[area];
      const vm = vms[area];
      if (!va || vm === undefined) continue;
      insert_vmap_area(va, this.vmap_area_root, this.vmap_area_list, this.vmap_area_cachep);
      this.setup_vmalloc_vm_locked(vm, va, VM_ALLOC);
    }
    yield* this.spin_unlock(this.vmap_area_lock);
  }

  *pcpu_free_vm_areas(vms: readonly VmStruct[]): Run<void> {
    for (const vm of vms) yield* this.free_vm_area(vm);
  }
}

/** The area with the highest offset, the first of them if there are several. */
export function lastArea(offsets: readonly number[]): number {
  let last_area = 0;
  for (let area = 1; area < offsets.length; area++) {
    if ((offsets[area] ?? 0) > (offsets[last_area] ?? 0)) last_area = area;
  }
  return last_area;
}

function previousInList(va: VmapArea): VmapArea | null {
  const prev = va.list.prev;
  return prev.owner === null ? null : list_entry(prev);
}
