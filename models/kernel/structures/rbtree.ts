import { KernelOops } from '../oops.ts';

/** Colour of a node. `cleared` marks a node that is in no tree, as RB_CLEAR_NODE leaves it. */
export const RbColor = { red: 0, black: 1, cleared: 2 } as const;
export type RbColor = (typeof RbColor)[keyof typeof RbColor];

/** Which pointer a new node hangs on: what `struct rb_node **link` is in C. */
export const RbLink = { root: 0, left: 1, right: 2 } as const;
export type RbLink = (typeof RbLink)[keyof typeof RbLink];

/**
 * struct rb_node, as the base class of what it is embedded in: `class Area extends RbNode<Area>`.
 */
export class RbNode<N extends RbNode<N>> {
  rb_parent: N | null = null;
  rb_left: N | null = null;
  rb_right: N | null = null;
  rb_color: RbColor = RbColor.cleared;
}

/** struct rb_root. */
export class RbRoot<N extends RbNode<N>> {
  rb_node: N | null = null;
}

/**
 * struct rb_augment_callbacks: how a tree keeps a value per subtree up to date.
 * propagate: recomputes from `node` upwards until `stop`, or until a value does not change.
 * copy: `replacement` takes the place of `old`, and its value.
 * rotate: `raised` has taken the place of `old`, which is now its child.
 */
export interface RbAugmentCallbacks<N extends RbNode<N>> {
  propagate(node: N | null, stop: N | null): void;
  copy(old: N, replacement: N): void;
  rotate(old: N, raised: N): void;
}

/** Whether a node is in no tree. A node that was erased counts as in it until RB_CLEAR_NODE. */
export function RB_EMPTY_NODE<N extends RbNode<N>>(node: N): boolean {
  return node.rb_color === RbColor.cleared;
}

export function RB_CLEAR_NODE<N extends RbNode<N>>(node: N): void {
  node.rb_color = RbColor.cleared;
}

/** Follows a pointer. Throws KernelOops where C would follow NULL. */
export function deref<N>(pointer: N | null): N {
  if (pointer === null) throw new KernelOops('NULL pointer in a red-black tree');
  return pointer;
}

/** Hangs a new red leaf on `link` of `parent`; the caller rebalances afterwards. */
export function rb_link_node<N extends RbNode<N>>(
  node: N,
  parent: N | null,
  link: RbLink,
  root: RbRoot<N>,
): void {
  node.rb_parent = parent;
  node.rb_left = null;
  node.rb_right = null;
  node.rb_color = RbColor.red;
  if (link === RbLink.root) root.rb_node = node;
  else if (link === RbLink.left) deref(parent).rb_left = node;
  else deref(parent).rb_right = node;
}

/** Makes the pointer that leads to `old`, in its parent or in the root, lead to `child`. */
export function changeChild<N extends RbNode<N>>(
  old: N,
  child: N | null,
  parent: N | null,
  root: RbRoot<N>,
): void {
  if (parent === null) root.rb_node = child;
  else if (parent.rb_left === old) parent.rb_left = child;
  else parent.rb_right = child;
}

/** Raises the right child into the place of `node`, which becomes its left child. No colours. */
export function rotateLeft<N extends RbNode<N>>(node: N, raised: N, root: RbRoot<N>): void {
  const inner = raised.rb_left;
  const parent = node.rb_parent;
  node.rb_right = inner;
  if (inner !== null) inner.rb_parent = node;
  raised.rb_left = node;
  raised.rb_parent = parent;
  node.rb_parent = raised;
  changeChild(node, raised, parent, root);
}

/** Raises the left child into the place of `node`, which becomes its right child. No colours. */
export function rotateRight<N extends RbNode<N>>(node: N, raised: N, root: RbRoot<N>): void {
  const inner = raised.rb_right;
  const parent = node.rb_parent;
  node.rb_left = inner;
  if (inner !== null) inner.rb_parent = node;
  raised.rb_right = node;
  raised.rb_parent = parent;
  node.rb_parent = raised;
  changeChild(node, raised, parent, root);
}

/** The leftmost node, or null in an empty tree. */
export function rb_first<N extends RbNode<N>>(root: RbRoot<N>): N | null {
  return root.rb_node === null ? null : leftmost(root.rb_node);
}

/** The rightmost node, or null in an empty tree. */
export function rb_last<N extends RbNode<N>>(root: RbRoot<N>): N | null {
  return root.rb_node === null ? null : rightmost(root.rb_node);
}

/** The node that follows in order, or null behind the last one and for a node in no tree. */
export function rb_next<N extends RbNode<N>>(node: N): N | null {
  if (RB_EMPTY_NODE(node)) return null;
  if (node.rb_right !== null) return leftmost(node.rb_right);
  let child = node;
  let parent = node.rb_parent;
  while (parent !== null && child === parent.rb_right) {
    child = parent;
    parent = child.rb_parent;
  }
  return parent;
}

/** The node that precedes in order, or null before the first one and for a node in no tree. */
export function rb_prev<N extends RbNode<N>>(node: N): N | null {
  if (RB_EMPTY_NODE(node)) return null;
  if (node.rb_left !== null) return rightmost(node.rb_left);
  let child = node;
  let parent = node.rb_parent;
  while (parent !== null && child === parent.rb_left) {
    child = parent;
    parent = child.rb_parent;
  }
  return parent;
}

function leftmost<N extends RbNode<N>>(top: N): N {
  let node = top;
  while (node.rb_left !== null) node = node.rb_left;
  return node;
}

function rightmost<N extends RbNode<N>>(top: N): N {
  let node = top;
  while (node.rb_right !== null) node = node.rb_right;
  return node;
}
