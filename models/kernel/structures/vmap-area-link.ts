import { INIT_LIST_HEAD, type ListHead, list_add, list_del_init } from './list.ts';
import { RB_CLEAR_NODE, RB_EMPTY_NODE, RbLink, type RbRoot, rb_link_node } from './rbtree.ts';
import { rb_erase, rb_erase_augmented } from './rbtree-erase.ts';
import { rb_insert_augmented, rb_insert_color } from './rbtree-insert.ts';
import { augment_tree_propagate_from, free_vmap_area_rb_augment_cb } from './vmap-area-augment.ts';
import type { AreaSlab, VmapArea } from './vmap-area-node.ts';

/** Where find_va_links leaves the parent of the link it returns. */
interface VaParent {
  va: VmapArea | null;
}

/** The parent of the function at work. Nothing here runs inside another, so one is enough. */
export const scratchParent: VaParent = { va: null };

/**
 * Finds where `va` belongs in the tree of `root` or, if that is null, below `from`. Returns the
 * link and sets `parent`. Warns and returns null if `va` overlaps an area on the way.
 */
export function find_va_links(
  va: VmapArea,
  root: RbRoot<VmapArea> | null,
  from: VmapArea | null,
  parent: VaParent,
  slab: AreaSlab,
): RbLink | null {
  const { va_start, va_end } = va;
  let link: RbLink = RbLink.root;
  let above: VmapArea | null = null;
  let next = root === null ? from : root.rb_node;
  while (next !== null) {
    above = next;
    if (va_end <= next.va_start) {
      link = RbLink.left;
      next = next.rb_left;
    } else if (va_start >= next.va_end) {
      link = RbLink.right;
      next = next.rb_right;
    } else {
      slab.warn(
        `vmalloc bug: pages ${va_start}-${va_end} overlap with ${next.va_start}-${next.va_end}`,
      );
      return null;
    }
  }
  parent.va = above;
  return link;
}

/**
 * The list node that will follow an area hung on `link` of `parent`: a neighbour or the head. Null
 * in an empty tree.
 */
export function get_va_next_sibling(
  parent: VmapArea | null,
  link: RbLink,
): ListHead<VmapArea> | null {
  if (parent === null) return null;
  return link === RbLink.right ? parent.list.next : parent.list;
}

/**
 * Hangs `va` on the link that find_va_links gave, and puts it into the list in address order. In an
 * augmented tree augment_tree_propagate_from has to follow.
 */
export function __link_va(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  parent: VmapArea | null,
  link: RbLink,
  head: ListHead<VmapArea>,
  augment: boolean,
): void {
  let before = head;
  if (parent !== null) before = link === RbLink.right ? parent.list : parent.list.prev;
  rb_link_node(va, parent, link, root);
  if (augment) {
    rb_insert_augmented(va, root, free_vmap_area_rb_augment_cb);
    va.subtree_max_size = 0;
  } else {
    rb_insert_color(va, root);
  }
  // Purge loops bring areas that are still linked in a private list which they only walk forwards.
  INIT_LIST_HEAD(va.list);
  list_add(va.list, before);
}

function link_va(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  parent: VmapArea | null,
  link: RbLink,
  head: ListHead<VmapArea>,
): void {
  __link_va(va, root, parent, link, head, false);
}

function link_va_augment(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  parent: VmapArea | null,
  link: RbLink,
  head: ListHead<VmapArea>,
): void {
  __link_va(va, root, parent, link, head, true);
}

/** Takes `va` out of its tree and list. Warns, and does nothing, if it is in no tree. */
export function __unlink_va(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  slab: AreaSlab,
  augment: boolean,
): void {
  if (RB_EMPTY_NODE(va)) {
    slab.warn(`unlink_va: pages ${va.va_start}-${va.va_end} are in no tree`);
    return;
  }
  if (augment) rb_erase_augmented(va, root, free_vmap_area_rb_augment_cb);
  else rb_erase(va, root);
  list_del_init(va.list);
  RB_CLEAR_NODE(va);
}

export function unlink_va(va: VmapArea, root: RbRoot<VmapArea>, slab: AreaSlab): void {
  __unlink_va(va, root, slab, false);
}

export function unlink_va_augment(va: VmapArea, root: RbRoot<VmapArea>, slab: AreaSlab): void {
  __unlink_va(va, root, slab, true);
}

/** Adds an area to a tree and its list. Warns, and does nothing, if it overlaps one of them. */
export function insert_vmap_area(
  va: VmapArea,
  root: RbRoot<VmapArea>,
  head: ListHead<VmapArea>,
  slab: AreaSlab,
): void {
  const link = find_va_links(va, root, null, scratchParent, slab);
  if (link !== null) link_va(va, root, scratchParent.va, link, head);
}

/** insert_vmap_area for free areas. The search starts below `from`, or at the root if null. */
export function insert_vmap_area_augment(
  va: VmapArea,
  from: VmapArea | null,
  root: RbRoot<VmapArea>,
  head: ListHead<VmapArea>,
  slab: AreaSlab,
): void {
  const link = find_va_links(va, from === null ? root : null, from, scratchParent, slab);
  if (link === null) return;
  link_va_augment(va, root, scratchParent.va, link, head);
  augment_tree_propagate_from(va);
}
