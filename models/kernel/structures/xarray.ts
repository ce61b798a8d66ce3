import { EBUSY, ENOMEM } from '../err.ts';

const FAN_OUT = 64;

/** A node of the radix tree; `span` indices lie below each of its slots. */
class XaNode<T> {
  readonly span: number;
  /** 1 / span, exact: a power of two. */
  readonly slotsPerIndex: number;
  /** Slots in use. */
  count = 0;
  /** Above the lowest level: the next level. */
  readonly children: (XaNode<T> | null)[];
  /** On the lowest level, where span is 1: the entries. */
  readonly entries: (T | null)[];

  constructor(span: number) {
    this.span = span;
    this.slotsPerIndex = 1 / span;
    this.children = new Array<XaNode<T> | null>(span === 1 ? 0 : FAN_OUT).fill(null);
    this.entries = new Array<T | null>(span === 1 ? FAN_OUT : 0).fill(null);
  }
}

/**
 * struct xarray: a sparse array of objects, by whole indices from 0 to 2^48. As in the kernel a
 * node has 64 slots, no node is empty, the tree is no deeper than its largest index needs, and an
 * entry alone at index 0 needs no node.
 */
export class XArray<T extends object> {
  top: XaNode<T> | null = null;
  /** The entry at index 0 while there is no node. */
  single: T | null = null;
}

/** Where xa_find and xa_find_after leave the index of the entry they return. */
export interface XaCursor {
  index: number;
}

/**
 * Stores an entry at an index that has none. Asks `allocNode` once for each node it adds. Returns
 * 0, or with nothing changed EBUSY if there is an entry, ENOMEM if `allocNode` returned false.
 */
export function xa_insert<T extends object>(
  xa: XArray<T>,
  index: number,
  entry: T,
  allocNode: () => boolean,
): number {
  if (xa_load(xa, index) !== null) return EBUSY;
  if (index === 0 && xa.top === null) {
    xa.single = entry;
    return 0;
  }
  const node = makePath(xa, index, allocNode);
  if (node === null) {
    clear(xa, index);
    return ENOMEM;
  }
  node.entries[index % FAN_OUT] = entry;
  node.count++;
  return 0;
}

/** The entry at an index, or null. */
export function xa_load<T extends object>(xa: XArray<T>, index: number): T | null {
  let node = xa.top;
  if (node === null) return index === 0 ? xa.single : null;
  if (index >= node.span * FAN_OUT) return null;
  let rest = index;
  while (node.span > 1) {
    const slot: number = Math.floor(rest * node.slotsPerIndex);
    rest -= slot * node.span;
    const child: XaNode<T> | null = node.children[slot] ?? null;
    if (child === null) return null;
    node = child;
  }
  return node.entries[rest] ?? null;
}

/** Removes and returns the entry at an index, or returns null. */
export function xa_erase<T extends object>(xa: XArray<T>, index: number): T | null {
  const entry = xa_load(xa, index);
  if (entry !== null) clear(xa, index);
  return entry;
}

/**
 * The entry with the lowest index at or above `cursor.index`, which is set to its index; or null.
 * A walk as by xa_for_each, in ascending order and safe against erasing on the way, is
 * `for (let e = xa_find(xa, cursor); e !== null; e = xa_find_after(xa, cursor))`.
 */
export function xa_find<T extends object>(xa: XArray<T>, cursor: XaCursor): T | null {
  if (xa.top !== null) return findBelow(xa.top, 0, cursor);
  if (xa.single === null || cursor.index > 0) return null;
  cursor.index = 0;
  return xa.single;
}

/** The entry with the lowest index above `cursor.index`, which is set to its index; or null. */
export function xa_find_after<T extends object>(xa: XArray<T>, cursor: XaCursor): T | null {
  cursor.index++;
  const entry = xa_find(xa, cursor);
  if (entry === null) cursor.index--;
  return entry;
}

/** Adds the nodes that lead to `index`. Returns the lowest, or null if one could not be had. */
function makePath<T extends object>(
  xa: XArray<T>,
  index: number,
  allocNode: () => boolean,
): XaNode<T> | null {
  let node = xa.top;
  while (node === null || index >= node.span * FAN_OUT) {
    if (!allocNode()) return null;
    node = raise(xa, node, index);
  }
  let rest = index;
  while (node.span > 1) {
    const slot: number = Math.floor(rest * node.slotsPerIndex);
    rest -= slot * node.span;
    let child: XaNode<T> | null = node.children[slot] ?? null;
    if (child === null) {
      if (!allocNode()) return null;
      child = new XaNode<T>(node.span / FAN_OUT);
      node.children[slot] = child;
      node.count++;
    }
    node = child;
  }
  return node;
}

/** Puts a new node on top, as xas_expand does; in an empty array one that is high enough. */
function raise<T extends object>(xa: XArray<T>, top: XaNode<T> | null, index: number): XaNode<T> {
  let span = 1;
  if (top !== null) span = top.span * FAN_OUT;
  else if (xa.single === null) while (index >= span * FAN_OUT) span *= FAN_OUT;
  const node = new XaNode<T>(span);
  if (top !== null) {
    node.children[0] = top;
    node.count = 1;
  } else if (xa.single !== null) {
    node.entries[0] = xa.single;
    node.count = 1;
    xa.single = null;
  }
  xa.top = node;
  return node;
}

/** Empties an index and drops the nodes that are not needed, or not needed any more. */
function clear<T extends object>(xa: XArray<T>, index: number): void {
  if (xa.top === null) {
    if (index === 0) xa.single = null;
    return;
  }
  if (index < xa.top.span * FAN_OUT) clearBelow(xa.top, index);
  while (xa.top !== null && lower(xa, xa.top));
}

function clearBelow<T>(node: XaNode<T>, rest: number): void {
  const slot = Math.floor(rest * node.slotsPerIndex);
  if (node.span === 1) {
    if (node.entries[slot] === null) return;
    node.entries[slot] = null;
    node.count--;
    return;
  }
  const child = node.children[slot] ?? null;
  if (child === null) return;
  clearBelow(child, rest - slot * node.span);
  if (child.count > 0) return;
  node.children[slot] = null;
  node.count--;
}

/** Takes the top node away if the array does without it, as xas_shrink does. */
function lower<T extends object>(xa: XArray<T>, top: XaNode<T>): boolean {
  if (top.count > 1) return false;
  const child = top.children[0] ?? null;
  const entry = top.entries[0] ?? null;
  if (top.count === 1 && child === null && entry === null) return false;
  xa.top = child;
  xa.single = entry;
  return true;
}

function findBelow<T>(node: XaNode<T>, base: number, cursor: XaCursor): T | null {
  const first = Math.floor((cursor.index - base) * node.slotsPerIndex);
  for (let slot = Math.max(0, first); slot < FAN_OUT; slot++) {
    const start = base + slot * node.span;
    if (node.span === 1) {
      const entry = node.entries[slot] ?? null;
      if (entry === null) continue;
      cursor.index = start;
      return entry;
    }
    const child = node.children[slot] ?? null;
    const found = child === null ? null : findBelow(child, start, cursor);
    if (found !== null) return found;
  }
  return null;
}
