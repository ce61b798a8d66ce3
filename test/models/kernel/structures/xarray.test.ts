import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EBUSY, ENOMEM } from '../../../../models/kernel/err.ts';
import {
  XArray,
  xa_erase,
  xa_find,
  xa_find_after,
  xa_insert,
  xa_load,
} from '../../../../models/kernel/structures/xarray.ts';

interface Entry {
  readonly name: number;
}

type Insert = typeof xa_insert<Entry>;

/** Indices that share nodes, need new levels, and pass 2^32. */
const index = fc.oneof(
  fc.nat(3),
  fc.nat(200),
  fc.nat(5000),
  fc.constantFrom(63, 64, 4095, 4096, 2 ** 32, 2 ** 32 + 1, 2 ** 47, 2 ** 48 - 1),
);

const step = fc.record({
  index,
  insert: fc.boolean(),
  /** How many nodes can be had. */
  nodes: fc.oneof({ weight: 3, arbitrary: fc.constant(100) }, fc.nat(4)),
});

function walk(xa: XArray<Entry>): [number, Entry][] {
  const found: [number, Entry][] = [];
  const cursor = { index: 0 };
  for (let e = xa_find(xa, cursor); e !== null; e = xa_find_after(xa, cursor)) {
    found.push([cursor.index, e]);
  }
  return found;
}

function sorted(map: ReadonlyMap<number, Entry>): [number, Entry][] {
  return [...map].sort(([a], [b]) => a - b);
}

/** Inserts, erases and failed inserts against a Map. */
function agreesWithMap(insert: Insert) {
  return fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
    const xa = new XArray<Entry>();
    const map = new Map<number, Entry>();
    for (const [name, { index, insert: inserts, nodes }] of steps.entries()) {
      if (inserts) {
        const before = JSON.stringify(xa);
        let left = nodes;
        const result = insert(xa, index, { name }, () => left-- > 0);
        if (map.has(index)) expect(result).toBe(EBUSY);
        else expect(result).toBe(left < 0 ? ENOMEM : 0);
        if (result === 0) map.set(index, { name });
        else expect(JSON.stringify(xa)).toBe(before);
      } else {
        expect(xa_erase(xa, index)).toEqual(map.get(index) ?? null);
        map.delete(index);
      }
      expect(xa_load(xa, index)).toEqual(map.get(index) ?? null);
      expect(walk(xa)).toEqual(sorted(map));
    }
    for (const index of map.keys()) xa_erase(xa, index);
    expect(xa).toEqual(new XArray<Entry>());
  });
}

describe('the xarray', () => {
  it('agrees with a map, and changes nothing when it lacks memory', () => {
    fc.assert(agreesWithMap(xa_insert), { seed: 1, numRuns: 200 });
  });

  it('is noticed if an insert replaces what is there', () => {
    const replacing: Insert = (xa, index, entry, allocNode) => {
      xa_erase(xa, index);
      return xa_insert(xa, index, entry, allocNode);
    };
    const run = fc.check(agreesWithMap(replacing), { seed: 2, endOnFailure: true });
    expect(run.failed).toBe(true);
  });

  it('lets a walk erase the entry it stands on, and any other', () => {
    const xa = new XArray<Entry>();
    for (let i = 0; i < 300; i++) xa_insert(xa, i * 7, { name: i }, () => true);
    const seen: number[] = [];
    const cursor = { index: 0 };
    for (let e = xa_find(xa, cursor); e !== null; e = xa_find_after(xa, cursor)) {
      seen.push(e.name);
      xa_erase(xa, cursor.index);
      if (e.name % 2 === 0) xa_erase(xa, cursor.index + 7);
    }
    expect(seen).toEqual(Array.from({ length: 150 }, (_, i) => i * 2));
    expect(walk(xa)).toEqual([]);
  });

  // Counted by hand from xas_expand() and xas_create() of lib/xarray.c.
  it.each([
    { present: [], index: 0, nodes: 0 },
    { present: [], index: 63, nodes: 1 },
    { present: [], index: 64, nodes: 2 },
    { present: [0], index: 1, nodes: 1 },
    { present: [0], index: 100, nodes: 3 },
    { present: [0, 1], index: 5000, nodes: 4 },
    { present: [5000], index: 4999, nodes: 0 },
  ])('allocates $nodes nodes for index $index beside $present', ({ present, index, nodes }) => {
    const xa = new XArray<Entry>();
    for (const name of present) xa_insert(xa, name, { name }, () => true);
    let asked = 0;
    xa_insert(xa, index, { name: -1 }, () => {
      asked++;
      return true;
    });
    expect(asked).toBe(nodes);
  });
});
