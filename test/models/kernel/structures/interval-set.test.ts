import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntervalSet } from '../../../../models/kernel/structures/interval-set.ts';

const LOW = -20;
const HIGH = 20;

const page = fc.integer({ min: LOW, max: HIGH });
const step = fc.record({ add: fc.boolean(), start: page, end: page });

function* pagesOf(start: number, end: number): Iterable<number> {
  for (let vpn = start; vpn < end; vpn++) yield vpn;
}

/** Random ranges added and removed, against a set that holds every page by itself. */
function agreesWithPages(newSet: () => IntervalSet) {
  return fc.property(fc.array(step, { maxLength: 60, size: 'max' }), page, page, (steps, a, b) => {
    const set = newSet();
    const pages = new Set<number>();
    for (const { add, start, end } of steps) {
      if (add) set.add(start, end);
      else set.remove(start, end);
      for (const vpn of pagesOf(start, end)) {
        if (add) pages.add(vpn);
        else pages.delete(vpn);
      }
      const within = [...pagesOf(a, b)].filter((vpn) => pages.has(vpn)).length;
      expect(set.countWithin(a, b)).toBe(within);
      expect(pagesWithin(set, a, b)).toBe(within);
      expect(set.covers(a, b)).toBe(within === Math.max(0, b - a));
      expect(rangesOf(set)).toEqual(rangesFrom(pages));
      expect(set.rangeCount).toBe(rangesOf(set).length);
    }
  });
}

function rangesOf(set: IntervalSet): [number, number][] {
  const ranges: [number, number][] = [];
  set.forEach((start, end) => {
    ranges.push([start, end]);
  });
  return ranges;
}

function pagesWithin(set: IntervalSet, a: number, b: number): number {
  let pages = 0;
  set.forEachWithin(a, b, (start, end) => {
    expect(a <= start && start < end && end <= b).toBe(true);
    pages += end - start;
  });
  return pages;
}

function rangesFrom(pages: ReadonlySet<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const vpn of pagesOf(LOW, HIGH)) {
    if (!pages.has(vpn)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === vpn) last[1] = vpn + 1;
    else ranges.push([vpn, vpn + 1]);
  }
  return ranges;
}

describe('sets of page ranges', () => {
  it('agree with sets of pages', () => {
    fc.assert(
      agreesWithPages(() => new IntervalSet()),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are noticed that lose the last page of what is removed', () => {
    class Short extends IntervalSet {
      override remove(start: number, end: number): void {
        super.remove(start, end - 1);
      }
    }
    const run = fc.check(
      agreesWithPages(() => new Short()),
      { seed: 2, endOnFailure: true },
    );
    expect(run.failed).toBe(true);
  });

  it('take infinite bounds and the largest page numbers', () => {
    const set = new IntervalSet();
    set.add(-(2 ** 40), 2 ** 40);
    set.remove(0, 1);
    expect(set.countWithin(-Infinity, Infinity)).toBe(2 ** 41 - 1);
    set.remove(-Infinity, Infinity);
    expect(set.rangeCount).toBe(0);
    set.add(1, 2);
    set.clear();
    expect(rangesOf(set)).toEqual([]);
  });
});
