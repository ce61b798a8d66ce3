import { HIGHEST_VPN, LOWEST_VPN } from '../../../../models/hardware/machine.ts';
import { ALIGN } from '../../../../models/kernel/err.ts';
import { ListHead } from '../../../../models/kernel/structures/list.ts';
import { RbRoot } from '../../../../models/kernel/structures/rbtree.ts';
import { type AreaSlab, VmapArea } from '../../../../models/kernel/structures/vmap-area-node.ts';
import {
  augment_tree_propagate_from,
  classify_va_fit_type,
  find_vmap_lowest_match,
  insert_vmap_area,
  insert_vmap_area_augment,
  merge_or_add_vmap_area_augment,
  unlink_va,
  unlink_va_augment,
} from '../../../../models/kernel/structures/vmap-area-tree.ts';

/** A slab that counts the objects alive and keeps the warnings. */
export class CountingSlab implements AreaSlab {
  live = 0;
  readonly warnings: string[] = [];

  alloc(): VmapArea {
    this.live++;
    return new VmapArea();
  }

  free(va: VmapArea): void {
    va.poison();
    this.live--;
  }

  warn(text: string): void {
    this.warnings.push(text);
  }
}

export function newArea(slab: AreaSlab, start: number, end: number): VmapArea {
  const va = slab.alloc();
  if (va === null) throw new Error('the slab of a test never fails');
  va.va_start = start;
  va.va_end = end;
  return va;
}

/** The free and the busy areas of one address space, without locks, as v6.1 keeps them. */
export class Space {
  readonly slab = new CountingSlab();
  readonly freeRoot = new RbRoot<VmapArea>();
  readonly freeList = new ListHead<VmapArea>(null);
  readonly busyRoot = new RbRoot<VmapArea>();
  readonly busyList = new ListHead<VmapArea>(null);

  constructor(start = LOWEST_VPN, end = HIGHEST_VPN) {
    const va = newArea(this.slab, start, end);
    insert_vmap_area_augment(va, null, this.freeRoot, this.freeList, this.slab);
  }

  /** Takes [start, start + size) where __alloc_vmap_area would. Returns null if nothing fits. */
  alloc(size: number, align: number, vstart: number, vend: number): VmapArea | null {
    const adjust = align > 1 && vend - vstart !== size;
    const hole = this.find(size, align, vstart, adjust);
    if (hole === null) return null;
    const start = ALIGN(Math.max(hole.va_start, vstart), align);
    if (start + size > vend) return null;
    this.#cut(hole, start, size);
    const va = newArea(this.slab, start, start + size);
    insert_vmap_area(va, this.busyRoot, this.busyList, this.slab);
    return va;
  }

  free(va: VmapArea): void {
    unlink_va(va, this.busyRoot, this.slab);
    this.giveBack(va);
  }

  /** The steps that a deliberately broken space takes in another way. */
  find(size: number, align: number, vstart: number, adjust: boolean): VmapArea | null {
    return find_vmap_lowest_match(this.freeRoot, size, align, vstart, adjust);
  }

  propagate(hole: VmapArea): void {
    augment_tree_propagate_from(hole);
  }

  giveBack(va: VmapArea): void {
    merge_or_add_vmap_area_augment(va, this.freeRoot, this.freeList, this.slab);
  }

  #cut(hole: VmapArea, start: number, size: number): void {
    const type = classify_va_fit_type(hole, start, size);
    if (type === 'FL_FIT_TYPE') {
      unlink_va_augment(hole, this.freeRoot, this.slab);
      this.slab.free(hole);
      return;
    }
    const oldStart = hole.va_start;
    if (type === 'RE_FIT_TYPE') hole.va_end = start;
    else hole.va_start = start + size;
    this.propagate(hole);
    if (type !== 'NE_FIT_TYPE') return;
    const left = newArea(this.slab, oldStart, start);
    insert_vmap_area_augment(left, hole, this.freeRoot, this.freeList, this.slab);
  }
}
