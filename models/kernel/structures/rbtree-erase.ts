import {
  changeChild,
  deref,
  type RbAugmentCallbacks,
  RbColor,
  type RbNode,
  type RbRoot,
  rotateLeft,
  rotateRight,
} from './rbtree.ts';

type Augment<N extends RbNode<N>> = RbAugmentCallbacks<N> | null;

/** Takes a node out of its tree and rebalances. The node keeps its own pointers. */
export function rb_erase<N extends RbNode<N>>(node: N, root: RbRoot<N>): void {
  const short = takeOut(node, root, null);
  if (short !== null) rebalance(short, root, null);
}

/** rb_erase for an augmented tree. */
export function rb_erase_augmented<N extends RbNode<N>>(
  node: N,
  root: RbRoot<N>,
  augment: RbAugmentCallbacks<N>,
): void {
  const short = takeOut(node, root, augment);
  if (short !== null) rebalance(short, root, augment);
}

/**
 * __rb_erase_augmented() of include/linux/rbtree_augmented.h, v6.1. Returns the node below which
 * one side has a black node too few, or null if the tree is balanced.
 */
function takeOut<N extends RbNode<N>>(node: N, root: RbRoot<N>, augment: Augment<N>): N | null {
  const left = node.rb_left;
  const right = node.rb_right;
  if (left !== null && right !== null) {
    return replaceBySuccessor(node, left, right, root, augment);
  }
  const parent = node.rb_parent;
  const child = left ?? right;
  changeChild(node, child, parent, root);
  let short: N | null = null;
  if (child !== null) {
    // An only child is red, so it can take over the colour as well as the place.
    child.rb_parent = parent;
    child.rb_color = node.rb_color;
  } else if (node.rb_color === RbColor.black) {
    short = parent;
  }
  if (augment !== null) augment.propagate(parent, null);
  return short;
}

function replaceBySuccessor<N extends RbNode<N>>(
  node: N,
  left: N,
  right: N,
  root: RbRoot<N>,
  augment: Augment<N>,
): N | null {
  let successor = right;
  /** Where the successor's own child goes: below its old parent, or below itself. */
  let parent = right;
  for (let next = right.rb_left; next !== null; next = next.rb_left) {
    parent = successor;
    successor = next;
  }
  const orphan = successor.rb_right;
  if (successor !== right) {
    parent.rb_left = orphan;
    successor.rb_right = right;
    right.rb_parent = successor;
  }
  if (augment !== null) {
    augment.copy(node, successor);
    if (successor !== right) augment.propagate(parent, successor);
  }
  successor.rb_left = left;
  left.rb_parent = successor;
  changeChild(node, successor, node.rb_parent, root);
  let short: N | null = null;
  if (orphan !== null) {
    orphan.rb_parent = parent;
    orphan.rb_color = RbColor.black;
  } else if (successor.rb_color === RbColor.black) {
    short = parent;
  }
  successor.rb_parent = node.rb_parent;
  successor.rb_color = node.rb_color;
  if (augment !== null) augment.propagate(successor, null);
  return short;
}

/**
 * ____rb_erase_color() of lib/rbtree.c, v6.1: paths through `node` (null at first), a child of
 * `parent`, have one black node fewer than the others.
 */
function rebalance<N extends RbNode<N>>(start: N, root: RbRoot<N>, augment: Augment<N>): void {
  let node: N | null = null;
  let parent: N | null = start;
  while (parent !== null) {
    const isLeft: boolean = node !== parent.rb_right;
    const done: boolean = isLeft
      ? borrowFromRight(parent, root, augment)
      : borrowFromLeft(parent, root, augment);
    if (done) return;
    node = parent;
    parent = parent.rb_parent;
  }
}

/** The left side of `parent` is short. Returns false if `parent` as a whole is short now. */
function borrowFromRight<N extends RbNode<N>>(
  parent: N,
  root: RbRoot<N>,
  augment: Augment<N>,
): boolean {
  let sibling = deref(parent.rb_right);
  if (sibling.rb_color === RbColor.red) {
    // Case 1: a red sibling. Raise it, so that the sibling is black from here on.
    const inner = deref(sibling.rb_left);
    rotateLeft(parent, sibling, root);
    sibling.rb_color = parent.rb_color;
    parent.rb_color = RbColor.red;
    if (augment !== null) augment.rotate(parent, sibling);
    sibling = inner;
  }
  let outer = sibling.rb_right;
  if (outer === null || outer.rb_color === RbColor.black) {
    const inner = sibling.rb_left;
    if (inner === null || inner.rb_color === RbColor.black) return paintSibling(sibling, parent);
    // Case 3: only the inner nephew is red. Make it the sibling.
    rotateRight(sibling, inner, root);
    if (augment !== null) augment.rotate(sibling, inner);
    outer = sibling;
    sibling = inner;
  }
  // Case 4: a red outer nephew. Raise the sibling; the nephew pays with its colour.
  outer.rb_color = RbColor.black;
  rotateLeft(parent, sibling, root);
  sibling.rb_color = parent.rb_color;
  parent.rb_color = RbColor.black;
  if (augment !== null) augment.rotate(parent, sibling);
  return true;
}

/** borrowFromRight with left and right exchanged. */
function borrowFromLeft<N extends RbNode<N>>(
  parent: N,
  root: RbRoot<N>,
  augment: Augment<N>,
): boolean {
  let sibling = deref(parent.rb_left);
  if (sibling.rb_color === RbColor.red) {
    const inner = deref(sibling.rb_right);
    rotateRight(parent, sibling, root);
    sibling.rb_color = parent.rb_color;
    parent.rb_color = RbColor.red;
    if (augment !== null) augment.rotate(parent, sibling);
    sibling = inner;
  }
  let outer = sibling.rb_left;
  if (outer === null || outer.rb_color === RbColor.black) {
    const inner = sibling.rb_right;
    if (inner === null || inner.rb_color === RbColor.black) return paintSibling(sibling, parent);
    rotateLeft(sibling, inner, root);
    if (augment !== null) augment.rotate(sibling, inner);
    outer = sibling;
    sibling = inner;
  }
  outer.rb_color = RbColor.black;
  rotateRight(parent, sibling, root);
  sibling.rb_color = parent.rb_color;
  parent.rb_color = RbColor.black;
  if (augment !== null) augment.rotate(parent, sibling);
  return true;
}

/** Case 2: no red nephew. A red parent can pay for the sibling; a black one cannot. */
function paintSibling<N extends RbNode<N>>(sibling: N, parent: N): boolean {
  sibling.rb_color = RbColor.red;
  if (parent.rb_color === RbColor.black) return false;
  parent.rb_color = RbColor.black;
  return true;
}
