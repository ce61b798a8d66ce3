import { KernelOops } from '../oops.ts';

/**
 * struct list_head: one node of a circular doubly linked list, embedded in its owner. A node that
 * is on no list points at itself. The head of a list is a node without an owner.
 *
 * Walk a list by hand, as list_for_each_entry does:
 * `for (let pos = head.next; pos !== head; pos = pos.next) list_entry(pos)`.
 */
export class ListHead<T> {
  prev: ListHead<T>;
  next: ListHead<T>;
  /** The object this node is embedded in, or null on the head of a list. */
  readonly owner: T | null;

  constructor(owner: T | null) {
    this.prev = this;
    this.next = this;
    this.owner = owner;
  }
}

/** What list_del leaves in `next`; asking for its owner throws KernelOops. */
export const LIST_POISON1: ListHead<never> = poison('LIST_POISON1');
/** What list_del and list_del_rcu leave in `prev`; asking for its owner throws KernelOops. */
export const LIST_POISON2: ListHead<never> = poison('LIST_POISON2');

/** Back to the state on no list, whatever the node was before. */
export function INIT_LIST_HEAD<T>(node: ListHead<T>): void {
  node.next = node;
  node.prev = node;
}

/** The owner of a node. Throws KernelOops on a list head and on a poisoned pointer. */
export function list_entry<T>(node: ListHead<T>): T {
  if (node.owner === null) throw new KernelOops('list_entry of a list head');
  return node.owner;
}

/** Whether the list, seen from its head, has no entries. */
export function list_empty<T>(head: ListHead<T>): boolean {
  return head.next === head;
}

/** The first owner. Throws KernelOops on an empty list, where C would misread the head. */
export function list_first_entry<T>(head: ListHead<T>): T {
  return list_entry(head.next);
}

/** The last owner. Throws KernelOops on an empty list. */
export function list_last_entry<T>(head: ListHead<T>): T {
  return list_entry(head.prev);
}

/**
 * Adds a node behind `head`, which may be any node of the list. Throws KernelOops if the node is
 * still on a list (C would link it twice), or if `head` is on none.
 */
export function list_add<T>(node: ListHead<T>, head: ListHead<T>): void {
  insertBetween(node, head, head.next);
}

/** Adds a node before `head`. Throws KernelOops if the node is still on a list. */
export function list_add_tail<T>(node: ListHead<T>, head: ListHead<T>): void {
  insertBetween(node, head.prev, head);
}

/**
 * list_add_tail for lists with readers that hold no lock: the node points into the list before
 * anything points at it.
 */
export function list_add_tail_rcu<T>(node: ListHead<T>, head: ListHead<T>): void {
  insertBetween(node, head.prev, head);
}

/** Removes a node and poisons it. Throws KernelOops if it was deleted before. */
export function list_del<T>(node: ListHead<T>): void {
  removeFromNeighbours(node);
  node.next = LIST_POISON1;
  node.prev = LIST_POISON2;
}

/** Removes a node; what is on no list may be removed again. Throws KernelOops after list_del. */
export function list_del_init<T>(node: ListHead<T>): void {
  removeFromNeighbours(node);
  INIT_LIST_HEAD(node);
}

/**
 * Removes a node but keeps its `next`, so that a reader standing on it can go on. Throws
 * KernelOops if it was deleted before.
 */
export function list_del_rcu<T>(node: ListHead<T>): void {
  removeFromNeighbours(node);
  node.prev = LIST_POISON2;
}

/** Takes a node off its list and adds it before `head`: to the end of the list of that head. */
export function list_move_tail<T>(node: ListHead<T>, head: ListHead<T>): void {
  removeFromNeighbours(node);
  INIT_LIST_HEAD(node);
  list_add_tail(node, head);
}

/** Moves all entries of one list to another head, and leaves the old list empty. */
export function list_replace_init<T>(old: ListHead<T>, replacement: ListHead<T>): void {
  replacement.next = old.next;
  replacement.next.prev = replacement;
  replacement.prev = old.prev;
  replacement.prev.next = replacement;
  INIT_LIST_HEAD(old);
}

function poison(name: string): ListHead<never> {
  const node = new ListHead<never>(null);
  return Object.defineProperty(node, 'owner', {
    get: () => {
      throw new KernelOops(`${name} used: the walk went on from a deleted list node`);
    },
  });
}

function insertBetween<T>(node: ListHead<T>, prev: ListHead<T>, next: ListHead<T>): void {
  if (node.next !== node && node.prev !== LIST_POISON2) {
    throw new KernelOops('list_add of a node that is on a list');
  }
  if (prev.next !== next || next.prev !== prev) {
    throw new KernelOops('list_add to a node that is not on a list');
  }
  next.prev = node;
  node.next = next;
  node.prev = prev;
  prev.next = node;
}

function removeFromNeighbours<T>(node: ListHead<T>): void {
  const { prev, next } = node;
  if (prev === LIST_POISON2) throw new KernelOops('list_del of a node that was deleted before');
  if (prev.next !== node || next.prev !== node) {
    throw new KernelOops('list_del of a node whose neighbours do not know it');
  }
  next.prev = prev;
  prev.next = next;
}
