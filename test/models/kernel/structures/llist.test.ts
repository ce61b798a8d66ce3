import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelOops } from '../../../../models/kernel/oops.ts';
import {
  LlistHead,
  LlistNode,
  llist_add,
  llist_del_all,
} from '../../../../models/kernel/structures/llist.ts';

type DelAll = (head: LlistHead<number>) => LlistNode<number> | null;

/** Adds numbers (true) and empties the list (false) against an array. */
function agreesWithArray(delAll: DelAll) {
  return fc.property(fc.array(fc.boolean()), (steps) => {
    const head = new LlistHead<number>();
    let array: number[] = [];
    for (const [i, add] of steps.entries()) {
      if (add) {
        expect(llist_add(new LlistNode(i), head)).toBe(array.length === 0);
        array.unshift(i);
      } else {
        const chain: number[] = [];
        for (let node = delAll(head); node !== null; node = node.next) chain.push(node.owner);
        expect(chain).toEqual(array);
        array = [];
      }
    }
  });
}

describe('the lock-less list', () => {
  it('agrees with an array', () => {
    fc.assert(agreesWithArray(llist_del_all), { seed: 1 });
  });

  it('is noticed if emptying it loses the newest', () => {
    const losing: DelAll = (head) => llist_del_all(head)?.next ?? null;
    expect(fc.check(agreesWithArray(losing), { seed: 2, endOnFailure: true }).failed).toBe(true);
  });

  it('lets a node be added again once the list was emptied', () => {
    const head = new LlistHead<number>();
    const node = new LlistNode(1);
    llist_add(node, head);
    llist_del_all(head);
    expect(llist_add(node, head)).toBe(true);
    expect(llist_del_all(head)).toBe(node);
  });

  it.each([0, 1, 2])('notices a node added twice with %i others in between', (others) => {
    const head = new LlistHead<number>();
    const node = new LlistNode(0);
    llist_add(node, head);
    for (let i = 1; i <= others; i++) llist_add(new LlistNode(i), head);
    llist_add(node, head);
    expect(() => llist_del_all(head)).toThrow(KernelOops);
  });
});
