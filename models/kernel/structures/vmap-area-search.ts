import { ALIGN } from '../err.ts';
import type { RbRoot } from './rbtree.ts';
import { get_subtree_max_size } from './vmap-area-augment.ts';
import type { VmapArea } from './vmap-area-node.ts';

/** The area that contains the page `vpn`, or null. */
export function __find_vmap_area(vpn: number, root: RbRoot<VmapArea>): VmapArea | null {
  let va = root.rb_node;
  while (va !== null) {
    if (vpn < va.va_start) va = va.rb_left;
    else if (vpn >= va.va_end) va = va.rb_right;
    else return va;
  }
  return null;
}

/**
 * The first area that ends behind the page `vpn`, or null.
 * Its name since v6.9 is __find_vmap_area_exceed_addr.
 */
export function find_vmap_area_exceed_addr(vpn: number, root: RbRoot<VmapArea>): VmapArea | null {
  let found: VmapArea | null = null;
  let va = root.rb_node;
  while (va !== null) {
    if (va.va_end > vpn) {
      found = va;
      if (va.va_start <= vpn) return found;
      va = va.rb_left;
    } else {
      va = va.rb_right;
    }
  }
  return found;
}

/**
 * Whether `size` pages aligned to `align` pages fit into a free area at or above `vstart`. Pages
 * cannot overflow as the bytes of C can, so its overflow test is not needed.
 */
export function is_within_this_va(
  va: VmapArea,
  size: number,
  align: number,
  vstart: number,
): boolean {
  return ALIGN(Math.max(va.va_start, vstart), align) + size <= va.va_end;
}

/**
 * The free area with the lowest address that holds `size` pages at or above `vstart`, aligned to
 * `align` pages. With `adjust_search_size` subtrees are judged by the worst case of alignment, so
 * the answer need not be the lowest, and depends on the shape of the tree. Null if there is none.
 *
 * C counts bytes. Its search length size + align - 1 is, against sizes of whole pages, size + align
 * pages. Its "vstart = va_start + 1" is one byte further, here one page: no area starts in between,
 * for free areas never touch.
 */
export function find_vmap_lowest_match(
  root: RbRoot<VmapArea>,
  size: number,
  align: number,
  vstart: number,
  adjust_search_size: boolean,
): VmapArea | null {
  const length = adjust_search_size ? size + align : size;
  let from = vstart;
  let va = root.rb_node;
  while (va !== null) {
    if (get_subtree_max_size(va.rb_left) >= length && from < va.va_start) {
      va = va.rb_left;
      continue;
    }
    if (is_within_this_va(va, size, align, from)) return va;
    if (get_subtree_max_size(va.rb_right) >= length) {
      va = va.rb_right;
      continue;
    }
    // A dead end, because of `vstart` or the alignment: climb to a right subtree not yet seen.
    va = va.rb_parent;
    while (va !== null) {
      if (is_within_this_va(va, size, align, from)) return va;
      if (get_subtree_max_size(va.rb_right) >= length && from <= va.va_start) {
        // So that this right subtree is not entered again.
        from = va.va_start + 1;
        va = va.rb_right;
        break;
      }
      va = va.rb_parent;
    }
  }
  return null;
}

/** How a new range lies in the free area it is cut from: full, left edge, right edge, no edge. */
type FitType = 'NOTHING_FIT' | 'FL_FIT_TYPE' | 'LE_FIT_TYPE' | 'RE_FIT_TYPE' | 'NE_FIT_TYPE';

/** Classifies the range of `size` pages at `nva_start` against a free area. */
export function classify_va_fit_type(va: VmapArea, nva_start: number, size: number): FitType {
  const nva_end = nva_start + size;
  if (nva_start < va.va_start || nva_end > va.va_end) return 'NOTHING_FIT';
  if (nva_start === va.va_start) return nva_end === va.va_end ? 'FL_FIT_TYPE' : 'LE_FIT_TYPE';
  return nva_end === va.va_end ? 'RE_FIT_TYPE' : 'NE_FIT_TYPE';
}
