import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelOops } from '../../../../models/kernel/oops.ts';
import { ListHead, list_empty, list_entry } from '../../../../models/kernel/structures/list.ts';
import { RbRoot } from '../../../../models/kernel/structures/rbtree.ts';
import type { VmapArea } from '../../../../models/kernel/structures/vmap-area-node.ts';
import {
  insert_vmap_area,
  insert_vmap_area_augment,
  is_within_this_va,
  merge_or_add_vmap_area,
  merge_or_add_vmap_area_augment,
  unlink_va,
} from '../../../../models/kernel/structures/vmap-area-tree.ts';
import { checkAreas, checkSpace } from './area-checks.ts';
import { CountingSlab, newArea, Space } from './area-space.ts';
import { Dice } from './dice.ts';

const START = -16;
const END = 112;

const step = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  align: fc.constantFrom(1, 1, 2, 8),
  vstart: fc.constantFrom(START, 0, 5, 40),
  /** Which live area to free, or null to allocate. */
  free: fc.option(fc.nat(40), { freq: 2 }),
});

/** The lowest hole that holds `size` pages at or above `vstart`, by scanning all of them. */
function lowestHole(space: Space, size: number, align: number, vstart: number): VmapArea | null {
  for (let pos = space.freeList.next; pos !== space.freeList; pos = pos.next) {
    if (is_within_this_va(list_entry(pos), size, align, vstart)) return list_entry(pos);
  }
  return null;
}

/** Checks both trees, lists and every answer of the search through random allocs and frees. */
function staysWhole(newSpace: () => Space) {
  return fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
    const space = newSpace();
    const live: VmapArea[] = [];
    for (const { size, align, vstart, free } of steps) {
      if (free === null) {
        const found = space.find(size, align, vstart, align > 1);
        const lowest = lowestHole(space, size, align, vstart);
        if (align === 1) expect(found).toBe(lowest);
        if (found === null) expect(lowestHole(space, size + align, 1, vstart)).toBeNull();
        else expect(is_within_this_va(found, size, align, vstart)).toBe(true);
        const va = space.alloc(size, align, vstart, END);
        if (va !== null) live.push(va);
      } else {
        const [va] = live.splice(free, 1);
        if (va !== undefined) space.free(va);
      }
      checkSpace(space, START, END);
    }
  });
}

describe('the trees of free and busy areas', () => {
  it('stay whole, and give the lowest fit, through every alloc and free', () => {
    fc.assert(
      staysWhole(() => new Space(START, END)),
      { seed: 1, numRuns: 200 },
    );
  });

  class NoPropagation extends Space {
    override propagate(): void {}
  }
  class NoMerge extends Space {
    override giveBack(va: VmapArea): void {
      insert_vmap_area_augment(va, null, this.freeRoot, this.freeList, this.slab);
    }
  }
  class NotAugmented extends Space {
    override giveBack(va: VmapArea): void {
      merge_or_add_vmap_area(va, this.freeRoot, this.freeList, this.slab);
    }
  }
  class WrongHead extends Space {
    override giveBack(va: VmapArea): void {
      merge_or_add_vmap_area_augment(va, this.freeRoot, this.busyList, this.slab);
    }
  }
  class HighestFit extends Space {
    override find(size: number, align: number, vstart: number): VmapArea | null {
      for (let pos = this.freeList.prev; pos !== this.freeList; pos = pos.prev) {
        if (is_within_this_va(list_entry(pos), size, align, vstart)) return list_entry(pos);
      }
      return null;
    }
  }
  it.each([NoPropagation, NoMerge, NotAugmented, WrongHead, HighestFit])(
    'are noticed when broken: %o',
    (Broken) => {
      const property = staysWhole(() => new Broken(START, END));
      const run = fc.check(property, { seed: 2, numRuns: 100, endOnFailure: true });
      expect(run.failed).toBe(true);
    },
  );

  it('of 10,000 holes agree with a sorted array', () => {
    const pages = 60_000;
    const space = new Space(0, pages);
    const dice = new Dice(3);
    const live: VmapArea[] = [];
    for (let start = 0; start < pages; start += 3) {
      const va = space.alloc(3, 1, start, start + 3);
      if (va !== null) live.push(va);
    }
    for (const va of live.filter((_, i) => i % 2 === 0)) space.free(va);
    const busy = live.filter((_, i) => i % 2 === 1);
    const free = checkSpace(space, 0, pages).map(([start, end]) => ({ start, end }));
    expect(free.length).toBe(10_000);
    for (let i = 0; i < 3000; i++) {
      if (dice.below(2) === 0) {
        const size = 1 + dice.below(9);
        const vstart = dice.below(pages);
        const hole = free.findIndex(({ start, end }) => Math.max(start, vstart) + size <= end);
        const va = space.alloc(size, 1, vstart, pages);
        const expected = free[hole];
        expect(va?.va_start).toBe(expected && Math.max(expected.start, vstart));
        if (va === null || expected === undefined) continue;
        const parts = [
          { start: expected.start, end: va.va_start },
          { start: va.va_end, end: expected.end },
        ];
        free.splice(hole, 1, ...parts.filter(({ start, end }) => start < end));
        busy.push(va);
      } else {
        const [va] = busy.splice(dice.below(busy.length), 1);
        if (va === undefined) throw new Error('nothing is busy');
        let at = free.findIndex(({ start }) => start >= va.va_end);
        if (at < 0) at = free.length;
        const joinsNext = free[at]?.start === va.va_end;
        const joinsPrev = free[at - 1]?.end === va.va_start;
        const start = joinsPrev ? (free[at - 1]?.start ?? 0) : va.va_start;
        const end = joinsNext ? (free[at]?.end ?? 0) : va.va_end;
        free.splice(joinsPrev ? at - 1 : at, Number(joinsPrev) + Number(joinsNext), { start, end });
        space.free(va);
      }
      if (i % 500 === 0) {
        expect(checkSpace(space, 0, pages)).toEqual(free.map(({ start, end }) => [start, end]));
      }
    }
    expect(checkSpace(space, 0, pages)).toEqual(free.map(({ start, end }) => [start, end]));
  });
});

describe('misuse of a tree of areas', () => {
  function treeOf(...ranges: (readonly [number, number])[]) {
    const tree = {
      root: new RbRoot<VmapArea>(),
      head: new ListHead<VmapArea>(null),
      slab: new CountingSlab(),
    };
    for (const [start, end] of ranges) {
      insert_vmap_area(newArea(tree.slab, start, end), tree.root, tree.head, tree.slab);
    }
    return tree;
  }

  it.each([insert_vmap_area, merge_or_add_vmap_area])('warns of an overlap: %o', (insert) => {
    const { root, head, slab } = treeOf([10, 20], [30, 40]);
    expect(insert(newArea(slab, 25, 31), root, head, slab) ?? null).toBeNull();
    expect(slab.warnings).toEqual(['vmalloc bug: pages 25-31 overlap with 30-40']);
    expect(checkAreas(root, head)).toEqual([
      [10, 20],
      [30, 40],
    ]);
  });

  it('warns of taking out an area twice', () => {
    const { root, head, slab } = treeOf();
    const va = newArea(slab, 1, 2);
    insert_vmap_area(va, root, head, slab);
    unlink_va(va, root, slab);
    unlink_va(va, root, slab);
    expect(slab.warnings).toEqual(['unlink_va: pages 1-2 are in no tree']);
    expect(list_empty(head)).toBe(true);
  });

  it('oopses on a double free of an area', () => {
    const slab = new CountingSlab();
    const va = newArea(slab, 1, 2);
    slab.free(va);
    expect(va.freed).toBe(true);
    expect(va.va_start).toBeNaN();
    expect(() => slab.free(va)).toThrow(KernelOops);
  });
});

describe('merge_or_add_vmap_area', () => {
  it('takes areas that are still linked in a private list walked forwards', () => {
    const slab = new CountingSlab();
    const tree = { root: new RbRoot<VmapArea>(), head: new ListHead<VmapArea>(null) };
    for (const start of [3, 1, 8, 2]) {
      merge_or_add_vmap_area(newArea(slab, start, start + 1), tree.root, tree.head, slab);
    }
    expect(checkAreas(tree.root, tree.head)).toEqual([
      [1, 4],
      [8, 9],
    ]);
    const space = new Space(-5, 1);
    for (let pos = tree.head.next; pos !== tree.head; ) {
      const va = list_entry(pos);
      pos = pos.next;
      merge_or_add_vmap_area_augment(va, space.freeRoot, space.freeList, slab);
    }
    expect(checkAreas(space.freeRoot, space.freeList)).toEqual([
      [-5, 4],
      [8, 9],
    ]);
  });
});
