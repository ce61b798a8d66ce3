import { KernelOops } from '../oops.ts';

/** struct llist_node: one node of a singly linked list, embedded in its owner. */
export class LlistNode<T> {
  next: LlistNode<T> | null = null;
  readonly owner: T;

  constructor(owner: T) {
    this.owner = owner;
  }
}

/** struct llist_head: a list that any context may add to and one consumer empties as a whole. */
export class LlistHead<T> {
  first: LlistNode<T> | null = null;
  /** Additions since the list was last emptied. */
  added = 0;
}

/** Adds in front. Returns whether the list was empty before, that is, whether to wake somebody. */
export function llist_add<T>(node: LlistNode<T>, head: LlistHead<T>): boolean {
  const first = head.first;
  node.next = first;
  head.first = node;
  head.added++;
  return first === null;
}

/**
 * Empties the list and returns its chain, newest first, or null. Throws KernelOops if a node was
 * added twice: its chain is a circle or has lost entries, and C would walk it for ever or leak.
 */
export function llist_del_all<T>(head: LlistHead<T>): LlistNode<T> | null {
  const first = head.first;
  let steps = 0;
  for (let node = first; node !== null; node = node.next) {
    if (++steps > head.added) break;
  }
  if (steps !== head.added) throw new KernelOops('llist_del_all of a list with a node added twice');
  head.first = null;
  head.added = 0;
  return first;
}
