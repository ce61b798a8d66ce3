import { type ListHead, list_entry } from '../../../../models/kernel/structures/list.ts';
import type { RbRoot } from '../../../../models/kernel/structures/rbtree.ts';
import type { VmapArea } from '../../../../models/kernel/structures/vmap-area-node.ts';
import { compute_subtree_max_size } from '../../../../models/kernel/structures/vmap-area-tree.ts';
import type { Space } from './area-space.ts';
import { checkRedBlack } from './tree-checks.ts';

export type Range = readonly [start: number, end: number];

/** Throws unless tree and list hold the same areas in ascending order; returns their ranges. */
export function checkAreas(root: RbRoot<VmapArea>, head: ListHead<VmapArea>): Range[] {
  const areas = checkRedBlack(root);
  let pos = head.next;
  let end = Number.NEGATIVE_INFINITY;
  for (const va of areas) {
    if (va.va_start < end) throw new Error('areas overlap, or are not in order');
    end = va.va_end;
    if (list_entry(pos) !== va || pos.next.prev !== pos) throw new Error('tree and list differ');
    pos = pos.next;
  }
  if (pos !== head) throw new Error('the list holds more than the tree');
  return areas.map((va) => [va.va_start, va.va_end]);
}

/** Throws unless free and busy areas are exactly the whole space and the free ones cannot merge. */
export function checkSpace(space: Space, start: number, end: number): Range[] {
  const free = checkAreas(space.freeRoot, space.freeList);
  const busy = checkAreas(space.busyRoot, space.busyList);
  for (const va of checkRedBlack(space.freeRoot)) {
    if (va.subtree_max_size !== compute_subtree_max_size(va)) throw new Error('wrong max');
  }
  let at = start;
  for (const [from, to] of [...free, ...busy].sort(([a], [b]) => a - b)) {
    if (from !== at || to <= from) throw new Error('the areas leave a gap');
    at = to;
  }
  if (at !== end) throw new Error('the areas do not fill the space');
  for (const [i, [from]] of free.entries()) {
    if (free[i - 1]?.[1] === from) throw new Error('two free areas touch');
  }
  if (space.slab.live !== free.length + busy.length) throw new Error('an object leaks');
  if (space.slab.warnings.length > 0) throw new Error(space.slab.warnings.join());
  return free;
}
