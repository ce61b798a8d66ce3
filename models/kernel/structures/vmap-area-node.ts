import { KernelOops } from '../oops.ts';
import type { VmStruct } from '../vm-struct.ts';
import { LIST_POISON1, LIST_POISON2, ListHead } from './list.ts';
import type { LlistNode } from './llist.ts';
import { RbNode } from './rbtree.ts';

/**
 * struct vmap_area: the range [va_start, va_end) of vpn, busy, lazy or free. What was not set yet,
 * or was freed, reads as NaN.
 */
export class VmapArea extends RbNode<VmapArea> {
  va_start = Number.NaN;
  va_end = Number.NaN;
  /** Pages of the largest area in the subtree below; kept up to date in a tree of free areas. */
  subtree_max_size = Number.NaN;
  /** VMAP_* bits, since v6.3. */
  flags = 0;
  vm: VmStruct | null = null;
  readonly list: ListHead<VmapArea> = new ListHead<VmapArea>(this);
  /** Its node on the unsorted list of lazy areas, until v5.10; null if it was never there. */
  purge_list: LlistNode<VmapArea> | null = null;
  freed = false;

  /** Makes the object unusable, as freeing it does. Throws KernelOops the second time. */
  poison(): void {
    if (this.freed) throw new KernelOops('double free of a vmap_area');
    this.freed = true;
    this.va_start = Number.NaN;
    this.va_end = Number.NaN;
    this.subtree_max_size = Number.NaN;
    this.flags = 0;
    this.vm = null;
    this.list.next = LIST_POISON1;
    this.list.prev = LIST_POISON2;
  }
}

/** vmap_area_cachep, and WARN(): what the functions of the tree need of the kernel around them. */
export interface AreaSlab {
  /** kmem_cache_alloc(); null: out of memory. */
  alloc(): VmapArea | null;
  /** kmem_cache_free(). */
  free(va: VmapArea): void;
  warn(text: string): void;
}
