import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelOops } from '../../../../models/kernel/oops.ts';
import {
  RB_CLEAR_NODE,
  RB_EMPTY_NODE,
  type RbAugmentCallbacks,
  RbColor,
  RbLink,
  RbNode,
  RbRoot,
  rb_link_node,
  rb_next,
} from '../../../../models/kernel/structures/rbtree.ts';
import { rb_erase, rb_erase_augmented } from '../../../../models/kernel/structures/rbtree-erase.ts';
import {
  rb_insert_augmented,
  rb_insert_color,
} from '../../../../models/kernel/structures/rbtree-insert.ts';
import { checkRedBlack } from './tree-checks.ts';

/** A node ordered by `key`; `max` is the largest weight in its subtree. */
class Item extends RbNode<Item> {
  readonly key: number;
  readonly weight: number;
  max = 0;

  constructor(key: number, weight: number) {
    super();
    this.key = key;
    this.weight = weight;
  }
}

function maxOf(item: Item): number {
  return Math.max(item.weight, item.rb_left?.max ?? 0, item.rb_right?.max ?? 0);
}

const augment: RbAugmentCallbacks<Item> = {
  propagate(node, stop) {
    for (let item = node; item !== null && item !== stop; item = item.rb_parent) {
      const max = maxOf(item);
      if (item.max === max) return;
      item.max = max;
    }
  },
  copy(old, replacement) {
    replacement.max = old.max;
  },
  rotate(old, raised) {
    raised.max = old.max;
    old.max = maxOf(old);
  },
};

/** What is under test: how a linked node is balanced in, and how a node is taken out. */
interface Balancing {
  insert(item: Item, root: RbRoot<Item>): void;
  erase(item: Item, root: RbRoot<Item>): void;
}

const plain: Balancing = { insert: rb_insert_color, erase: rb_erase };

function augmentedWith(callbacks: RbAugmentCallbacks<Item>): Balancing {
  return {
    insert(item, root) {
      rb_insert_augmented(item, root, callbacks);
      item.max = 0;
      callbacks.propagate(item, null);
    },
    erase: (item, root) => rb_erase_augmented(item, root, callbacks),
  };
}

function link(item: Item, root: RbRoot<Item>): void {
  let parent: Item | null = null;
  let side: RbLink = RbLink.root;
  for (let next = root.rb_node; next !== null; ) {
    parent = next;
    side = item.key < next.key ? RbLink.left : RbLink.right;
    next = side === RbLink.left ? next.rb_left : next.rb_right;
  }
  rb_link_node(item, parent, side, root);
}

interface Toggle {
  readonly key: number;
  readonly weight: number;
}

/** Inserts absent keys and erases present ones; checks the whole tree after each step. */
function keepsTree(balancing: Balancing, steps: readonly Toggle[], augmented: boolean): void {
  const root = new RbRoot<Item>();
  const present = new Map<number, Item>();
  for (const { key, weight } of steps) {
    const old = present.get(key);
    if (old === undefined) {
      const item = new Item(key, weight);
      link(item, root);
      balancing.insert(item, root);
      present.set(key, item);
    } else {
      balancing.erase(old, root);
      present.delete(key);
    }
    const nodes = checkRedBlack(root);
    const keys = [...present.keys()].sort((a, b) => a - b);
    expect(nodes.map((item) => item.key)).toEqual(keys);
    if (augmented && nodes.some((item) => item.max !== maxOf(item))) throw new Error('wrong max');
  }
}

const steps = fc.array(fc.record({ key: fc.nat(40), weight: fc.nat(9) }), {
  minLength: 1,
  maxLength: 80,
  size: 'max',
});

function staysTree(balancing: Balancing, augmented: boolean) {
  return fc.property(steps, (list) => keepsTree(balancing, list, augmented));
}

describe('the red-black tree', () => {
  it('is one after every insert and erase', () => {
    fc.assert(staysTree(plain, false), { seed: 1, numRuns: 300 });
  });

  it('keeps an augmented value right at every node', () => {
    fc.assert(staysTree(augmentedWith(augment), true), { seed: 2, numRuns: 300 });
  });

  it('stays one through 2,000 steps', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({ key: (i * i) % 997, weight: i % 7 }));
    keepsTree(augmentedWith(augment), many, true);
  });

  it('throws KernelOops where the kernel would follow NULL', () => {
    const root = new RbRoot<Item>();
    expect(() => rb_link_node(new Item(1, 1), null, RbLink.left, root)).toThrow(KernelOops);
  });

  it('knows a node that is in no tree', () => {
    const root = new RbRoot<Item>();
    const item = new Item(1, 1);
    expect(RB_EMPTY_NODE(item)).toBe(true);
    link(item, root);
    rb_insert_color(item, root);
    expect(RB_EMPTY_NODE(item)).toBe(false);
    rb_erase(item, root);
    expect(RB_EMPTY_NODE(item)).toBe(false);
    RB_CLEAR_NODE(item);
    expect(RB_EMPTY_NODE(item)).toBe(true);
    expect(rb_next(item)).toBeNull();
  });
});

describe('a broken red-black tree is noticed that', () => {
  const mutants: Record<string, Balancing> = {
    'does not rebalance after an insert': { ...plain, insert: () => {} },
    'leaves the root red': {
      ...plain,
      insert(item, root) {
        rb_insert_color(item, root);
        if (root.rb_node === item) item.rb_color = RbColor.red;
      },
    },
    'paints a new node black': {
      ...plain,
      insert(item, root) {
        rb_insert_color(item, root);
        item.rb_color = RbColor.black;
      },
    },
    'does not rebalance after erasing a black node': {
      ...plain,
      erase(item, root) {
        if (item.rb_left === null && item.rb_right === null) item.rb_color = RbColor.red;
        rb_erase(item, root);
      },
    },
  };
  it.each(Object.entries(mutants))('%s', (_, mutant) => {
    const run = fc.check(staysTree(mutant, false), { seed: 3, numRuns: 100, endOnFailure: true });
    expect(run.failed).toBe(true);
  });

  const callbacks: Record<string, RbAugmentCallbacks<Item>> = {
    'does not propagate': { ...augment, propagate: () => {} },
    'does not recompute the rotated node': {
      ...augment,
      rotate(old, raised) {
        raised.max = old.max;
      },
    },
    'does not copy to the successor': { ...augment, copy: () => {} },
  };
  it.each(Object.entries(callbacks))('%s', (_, mutant) => {
    const property = staysTree(augmentedWith(mutant), true);
    const run = fc.check(property, { seed: 4, numRuns: 300, endOnFailure: true });
    expect(run.failed).toBe(true);
  });
});
