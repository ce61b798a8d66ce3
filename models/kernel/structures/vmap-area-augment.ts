import type { RbAugmentCallbacks } from './rbtree.ts';
import type { VmapArea } from './vmap-area-node.ts';

/** Pages of an area. */
function va_size(va: VmapArea): number {
  return va.va_end - va.va_start;
}

/** Pages of the largest free area below and including `va`; 0 for NULL. */
export function get_subtree_max_size(va: VmapArea | null): number {
  return va === null ? 0 : va.subtree_max_size;
}

/** What subtree_max_size must be, given that it is right in both children. */
export function compute_subtree_max_size(va: VmapArea): number {
  let max = va_size(va);
  const left = get_subtree_max_size(va.rb_left);
  const right = get_subtree_max_size(va.rb_right);
  if (left > max) max = left;
  if (right > max) max = right;
  return max;
}

/** What RB_DECLARE_CALLBACKS_MAX declares for the trees of free areas. */
export const free_vmap_area_rb_augment_cb: RbAugmentCallbacks<VmapArea> = {
  propagate(node: VmapArea | null, stop: VmapArea | null): void {
    for (let va = node; va !== null && va !== stop; va = va.rb_parent) {
      const max = compute_subtree_max_size(va);
      if (va.subtree_max_size === max) return;
      va.subtree_max_size = max;
    }
  },

  copy(old: VmapArea, replacement: VmapArea): void {
    replacement.subtree_max_size = old.subtree_max_size;
  },

  rotate(old: VmapArea, raised: VmapArea): void {
    raised.subtree_max_size = old.subtree_max_size;
    old.subtree_max_size = compute_subtree_max_size(old);
  },
};

/**
 * Brings subtree_max_size up to date from `va` towards the root. To be called whenever a free area
 * was linked, shrunk or grown.
 */
export function augment_tree_propagate_from(va: VmapArea): void {
  free_vmap_area_rb_augment_cb.propagate(va, null);
}
