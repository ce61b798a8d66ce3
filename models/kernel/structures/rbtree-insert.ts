import {
  deref,
  type RbAugmentCallbacks,
  RbColor,
  type RbNode,
  type RbRoot,
  rotateLeft,
  rotateRight,
} from './rbtree.ts';

/** Rebalances after rb_link_node(node). */
export function rb_insert_color<N extends RbNode<N>>(node: N, root: RbRoot<N>): void {
  rebalance(node, root, null);
}

/** rb_insert_color for an augmented tree: every rotation calls `augment.rotate`. */
export function rb_insert_augmented<N extends RbNode<N>>(
  node: N,
  root: RbRoot<N>,
  augment: RbAugmentCallbacks<N>,
): void {
  rebalance(node, root, augment);
}

/**
 * __rb_insert() of lib/rbtree.c, v6.1: the same cases in the same order, because the shape of the
 * tree decides which hole an aligned allocation finds. `node` is red throughout; the tree may be
 * wrong only in that its parent is red too.
 */
function rebalance<N extends RbNode<N>>(
  inserted: N,
  root: RbRoot<N>,
  augment: RbAugmentCallbacks<N> | null,
): void {
  let node = inserted;
  let parent = node.rb_parent;
  while (parent !== null) {
    if (parent.rb_color === RbColor.black) return;
    const gparent: N = deref(parent.rb_parent);
    const isLeft = parent !== gparent.rb_right;
    const uncle = isLeft ? gparent.rb_right : gparent.rb_left;
    if (uncle === null || uncle.rb_color === RbColor.black) {
      if (isLeft) liftLeft(node, parent, gparent, root, augment);
      else liftRight(node, parent, gparent, root, augment);
      return;
    }
    // Case 1: a red uncle. Push the red up to the grandparent and look again from there.
    uncle.rb_color = RbColor.black;
    parent.rb_color = RbColor.black;
    gparent.rb_color = RbColor.red;
    node = gparent;
    parent = gparent.rb_parent;
  }
  node.rb_color = RbColor.black;
}

/** Cases 2 and 3 where the parent is a left child: raise the middle one of the three nodes. */
function liftLeft<N extends RbNode<N>>(
  node: N,
  parent: N,
  gparent: N,
  root: RbRoot<N>,
  augment: RbAugmentCallbacks<N> | null,
): void {
  let raised = parent;
  if (node === parent.rb_right) {
    rotateLeft(parent, node, root);
    if (augment !== null) augment.rotate(parent, node);
    raised = node;
  }
  rotateRight(gparent, raised, root);
  raised.rb_color = gparent.rb_color;
  gparent.rb_color = RbColor.red;
  if (augment !== null) augment.rotate(gparent, raised);
}

/** Cases 2 and 3 where the parent is a right child. */
function liftRight<N extends RbNode<N>>(
  node: N,
  parent: N,
  gparent: N,
  root: RbRoot<N>,
  augment: RbAugmentCallbacks<N> | null,
): void {
  let raised = parent;
  if (node === parent.rb_left) {
    rotateRight(parent, node, root);
    if (augment !== null) augment.rotate(parent, node);
    raised = node;
  }
  rotateLeft(gparent, raised, root);
  raised.rb_color = gparent.rb_color;
  gparent.rb_color = RbColor.red;
  if (augment !== null) augment.rotate(gparent, raised);
}
