import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelOops } from '../../../../models/kernel/oops.ts';
import {
  INIT_LIST_HEAD,
  LIST_POISON1,
  ListHead,
  list_add,
  list_add_tail,
  list_add_tail_rcu,
  list_del,
  list_del_init,
  list_del_rcu,
  list_empty,
  list_entry,
  list_first_entry,
  list_last_entry,
  list_move_tail,
  list_replace_init,
} from '../../../../models/kernel/structures/list.ts';

class Entry {
  readonly name: number;
  readonly list: ListHead<Entry> = new ListHead<Entry>(this);

  constructor(name: number) {
    this.name = name;
  }
}

type Add = (node: ListHead<Entry>, head: ListHead<Entry>) => void;

function names(head: ListHead<Entry>): number[] {
  const forwards: number[] = [];
  const backwards: number[] = [];
  for (let pos = head.next; pos !== head; pos = pos.next) forwards.push(list_entry(pos).name);
  for (let pos = head.prev; pos !== head; pos = pos.prev) backwards.push(list_entry(pos).name);
  expect(backwards.reverse()).toEqual(forwards);
  return forwards;
}

const step = fc.record({
  kind: fc.constantFrom('add', 'tail', 'del', 'init', 'rcu', 'move'),
  name: fc.nat(7),
  onto: fc.nat(1),
});

/** Two lists of eight entries against two arrays. */
function agreesWithArrays(addTail: Add) {
  return fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const heads = [new ListHead<Entry>(null), new ListHead<Entry>(null)] as const;
    const arrays: [number[], number[]] = [[], []];
    const entries = Array.from({ length: 8 }, (_, name) => new Entry(name));
    for (const { kind, name, onto } of steps) {
      const node = entries[name]?.list ?? heads[0];
      const side = onto === 0 ? 0 : 1;
      const holder = arrays.find((array) => array.includes(name));
      if (kind === 'move') {
        list_replace_init(heads[side], heads[1 - side] ?? heads[0]);
        arrays[1 - side] = arrays[side];
        arrays[side] = [];
        // What the other list held is on no list that anybody has a head of.
        const kept = new Set(arrays.flat());
        for (const entry of entries) if (!kept.has(entry.name)) INIT_LIST_HEAD(entry.list);
      } else if (kind === 'add' || kind === 'tail') {
        const add = kind === 'add' ? list_add : addTail;
        if (holder !== undefined) {
          expect(() => add(node, heads[side])).toThrow(KernelOops);
        } else {
          add(node, heads[side]);
          if (kind === 'add') arrays[side].unshift(name);
          else arrays[side].push(name);
        }
      } else if (holder !== undefined) {
        if (kind === 'del') list_del(node);
        else if (kind === 'init') list_del_init(node);
        else list_del_rcu(node);
        holder.splice(holder.indexOf(name), 1);
        if (kind === 'del' || kind === 'rcu') expect(() => list_del(node)).toThrow(KernelOops);
      }
      expect([names(heads[0]), names(heads[1])]).toEqual(arrays);
      expect(list_empty(heads[side])).toBe(arrays[side].length === 0);
    }
  });
}

describe('lists', () => {
  it.each([list_add_tail, list_add_tail_rcu])('agree with arrays: %o', (addTail) => {
    fc.assert(agreesWithArrays(addTail), { seed: 1, numRuns: 400 });
  });

  it('are noticed that add at the wrong end', () => {
    expect(fc.check(agreesWithArrays(list_add), { seed: 2, endOnFailure: true }).failed).toBe(true);
  });

  it('move an entry to the end of another list, or of its own', () => {
    const heads = [new ListHead<Entry>(null), new ListHead<Entry>(null)] as const;
    const entries = [new Entry(1), new Entry(2), new Entry(3)] as const;
    for (const entry of entries) list_add_tail(entry.list, heads[0]);
    list_move_tail(entries[0].list, heads[0]);
    expect(names(heads[0])).toEqual([2, 3, 1]);
    list_move_tail(entries[2].list, heads[1]);
    list_move_tail(entries[1].list, heads[1]);
    expect([names(heads[0]), names(heads[1])]).toEqual([[1], [3, 2]]);
  });

  it('give their first and last entry, and none when empty', () => {
    const head = new ListHead<Entry>(null);
    expect(() => list_first_entry(head)).toThrow(KernelOops);
    expect(() => list_last_entry(head)).toThrow(KernelOops);
    list_add_tail(new Entry(1).list, head);
    list_add_tail(new Entry(2).list, head);
    expect([list_first_entry(head).name, list_last_entry(head).name]).toEqual([1, 2]);
  });

  it('let a reader go on from an entry that list_del_rcu removed', () => {
    const head = new ListHead<Entry>(null);
    const entries = [new Entry(1), new Entry(2), new Entry(3)] as const;
    for (const entry of entries) list_add_tail_rcu(entry.list, head);
    list_del_rcu(entries[1].list);
    expect(list_entry(entries[1].list.next).name).toBe(3);
    expect(names(head)).toEqual([1, 3]);
  });

  it('stop a reader on an entry that list_del removed', () => {
    const head = new ListHead<Entry>(null);
    const entry = new Entry(1);
    list_add(entry.list, head);
    list_del(entry.list);
    expect(entry.list.next === LIST_POISON1).toBe(true);
    expect(() => list_entry(entry.list.next)).toThrow(KernelOops);
    expect(() => entry.list.next.owner).toThrow(KernelOops);
  });

  it('refuse to add next to, or to delete, what their neighbours do not know', () => {
    const entry = new Entry(1);
    const other = new Entry(2);
    list_add(entry.list, new ListHead<Entry>(null));
    list_del_rcu(entry.list);
    expect(() => list_add(other.list, entry.list)).toThrow(KernelOops);
    const lost = new Entry(3);
    const head = new ListHead<Entry>(null);
    list_add(lost.list, head);
    INIT_LIST_HEAD(head);
    expect(() => list_del(lost.list)).toThrow(KernelOops);
  });
});
