import {
  RbColor,
  type RbNode,
  type RbRoot,
  rb_first,
  rb_last,
  rb_next,
  rb_prev,
} from '../../../../models/kernel/structures/rbtree.ts';

/**
 * Throws unless the tree is a red-black tree: root black, no red child of a red node, equally many
 * black nodes on every path, parent pointers right. Returns its nodes in order.
 */
export function checkRedBlack<N extends RbNode<N>>(root: RbRoot<N>): N[] {
  const nodes: N[] = [];
  if (root.rb_node?.rb_color === RbColor.red) throw new Error('the root is red');
  if (root.rb_node !== null && root.rb_node.rb_parent !== null) throw new Error('a parent on top');
  blackHeight(root.rb_node, nodes);
  checkWalks(root, nodes);
  return nodes;
}

function blackHeight<N extends RbNode<N>>(node: N | null, inOrder: N[]): number {
  if (node === null) return 1;
  for (const child of [node.rb_left, node.rb_right]) {
    if (child === null) continue;
    if (child.rb_parent !== node) throw new Error('a child does not know its parent');
    if (child.rb_color === RbColor.red && node.rb_color === RbColor.red) {
      throw new Error('a red node has a red child');
    }
  }
  const left = blackHeight(node.rb_left, inOrder);
  inOrder.push(node);
  const right = blackHeight(node.rb_right, inOrder);
  if (left !== right) throw new Error('paths differ in black nodes');
  return node.rb_color === RbColor.black ? left + 1 : left;
}

function checkWalks<N extends RbNode<N>>(root: RbRoot<N>, nodes: readonly N[]): void {
  let forwards = rb_first(root);
  let backwards = rb_last(root);
  for (let i = 0; i < nodes.length; i++) {
    if (forwards === null || forwards !== nodes[i]) throw new Error('rb_next loses the order');
    if (backwards === null || backwards !== nodes.at(-1 - i)) {
      throw new Error('rb_prev loses the order');
    }
    forwards = rb_next(forwards);
    backwards = rb_prev(backwards);
  }
  if (forwards !== null || backwards !== null) throw new Error('a walk does not end');
}
