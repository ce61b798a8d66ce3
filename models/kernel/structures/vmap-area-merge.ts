import { type ListHead, list_entry } from './list.ts';
import type { RbRoot } from './rbtree.ts';
import { augment_tree_propagate_from } from './vmap-area-augment.ts';
import {
  __link_va,
  __unlink_va,
  find_va_links,
  get_va_next_sibling,
  scratchParent,
} from './vmap-area-link.ts';
import type { AreaSlab, VmapArea } from './vmap-area-node.ts';

/**
 * Adds an area to a tree and its list, or lets a neighbour that touches it grow instead and frees
 * `va`. Returns the area that covers the range now. Warns and returns null if the range overlaps an
 * area of the tree; `va` is then in no tree and not freed.
 */
export function merge_or_add_vmap_area(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  head: ListHead<VmapArea>,
  slab: AreaSlab,
): VmapArea | null {
  return __merge_or_add_vmap_area(va, root, head, slab, false);
}

/** merge_or_add_vmap_area for free areas. */
export function merge_or_add_vmap_area_augment(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  head: ListHead<VmapArea>,
  slab: AreaSlab,
): VmapArea | null {
  const merged = __merge_or_add_vmap_area(va, root, head, slab, true);
  if (merged !== null) augment_tree_propagate_from(merged);
  return merged;
}

function __merge_or_add_vmap_area(
  added: VmapArea,
  root: RbRoot<VmapArea>,
  head: ListHead<VmapArea>,
  slab: AreaSlab,
  augment: boolean,
): VmapArea | null {
  const link = find_va_links(added, root, null, scratchParent, slab);
  if (link === null) return null;
  const parent = scratchParent.va;
  const next = get_va_next_sibling(parent, link);
  let va = added;
  if (next !== null) {
    if (next !== head) va = mergeIntoNext(va, list_entry(next), slab);
    if (next.prev !== head) va = mergeIntoPrev(va, added, next, root, slab, augment);
  }
  if (va === added) __link_va(va, root, parent, link, head, augment);
  return va;
}

/**
 * Returns the area behind `va`, grown to the front and `va` freed, or `va` if they do not touch.
 */
function mergeIntoNext(va: VmapArea, sibling: VmapArea, slab: AreaSlab): VmapArea {
  if (sibling.va_start !== va.va_end) return va;
  sibling.va_start = va.va_start;
  slab.free(va);
  return sibling;
}

/**
 * Returns the area before `next`, grown to the end of `va` and `va` freed, or `va` if they do not
 * touch. Where `va` is the area behind already, it leaves the tree before the other one grows: a
 * rotation on the way would otherwise spread a size that is not propagated yet.
 */
function mergeIntoPrev(
  va: VmapArea,
  added: VmapArea,
  next: ListHead<VmapArea>,
  root: RbRoot<VmapArea>,
  slab: AreaSlab,
  augment: boolean,
): VmapArea {
  const sibling = list_entry(next.prev);
  if (sibling.va_end !== va.va_start) return va;
  if (va !== added) __unlink_va(va, root, slab, augment);
  sibling.va_end = va.va_end;
  slab.free(va);
  return sibling;
}
