import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageTable } from '../../../models/hardware/page-table.ts';
import { NaivePageTable } from '../../../models/hardware/page-table-naive.ts';

type Step =
  | { readonly kind: 'set'; readonly start: number; readonly count: number }
  | { readonly kind: 'clear'; readonly start: number; readonly end: number }
  | { readonly kind: 'runs'; readonly start: number; readonly end: number };

/** Regions that straddle leaf tables, lie below zero, and need more than 32 bits. */
const vpns = fc
  .tuple(fc.constantFrom(-(2 ** 34), -512, 0, 512, 2 ** 33), fc.integer({ min: -20, max: 20 }))
  .map(([region, offset]) => region + offset);

/** Mostly short ranges; a few that reach from one region into another. */
const ends = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(1200, 2 ** 34, 2 ** 33 + 2 ** 34) },
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    start: vpns,
    count: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(1100)),
  }),
  fc
    .record({ kind: fc.constantFrom('clear', 'runs'), start: vpns, length: ends })
    .map(({ kind, start, length }): Step => ({ kind, start, end: start + length })),
);

function runsOf(table: PageTable | NaivePageTable, start: number, end: number): number[] {
  const runs: number[] = [];
  table.forEachPresentRun(start, end, (from, to) => runs.push(from, to));
  return runs;
}

describe('PageTable', () => {
  it('agrees with a plain map on every sequence of sets, clears and walks', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40, size: 'max' }), (sequence) => {
        const fast = new PageTable();
        const naive = new NaivePageTable();
        let frames = 0;
        for (const step of sequence) {
          if (step.kind === 'set') {
            const pfns = Int32Array.from({ length: step.count + 2 }, () => frames++);
            fast.set(step.start, step.count, pfns, 2);
            naive.set(step.start, step.count, pfns, 2);
          } else if (step.kind === 'clear') {
            fast.clear(step.start, step.end);
            naive.clear(step.start, step.end);
          } else {
            expect(runsOf(fast, step.start, step.end)).toEqual(runsOf(naive, step.start, step.end));
          }
          for (let vpn = step.start - 2; vpn < step.start + 45; vpn++) {
            if (fast.lookup(vpn) !== naive.lookup(vpn)) {
              expect(`${vpn}: ${fast.lookup(vpn)}`).toBe(`${vpn}: ${naive.lookup(vpn)}`);
            }
          }
        }
        const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
        expect(runsOf(fast, ...everything)).toEqual(runsOf(naive, ...everything));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('joins a run across leaf tables and splits it at a hole', () => {
    const table = new PageTable();
    table.set(500, 600, new Int32Array(600), 0);
    table.clear(1024, 1025);
    expect(runsOf(table, 510, 1030)).toEqual([510, 1024, 1025, 1030]);
  });

  it('walks a range of 2^41 pages by the leaves that exist', () => {
    const table = new PageTable();
    table.set(2 ** 33, 3, [7, 8, 9], 0);
    table.set(-(2 ** 33), 1, [6], 0);
    expect(runsOf(table, -(2 ** 40), 2 ** 40)).toEqual([
      -(2 ** 33),
      -(2 ** 33) + 1,
      2 ** 33,
      2 ** 33 + 3,
    ]);
    table.clear(-(2 ** 40), 2 ** 40);
    expect(runsOf(table, -(2 ** 40), 2 ** 40)).toEqual([]);
  });

  it('keeps its content while empty leaves are swept out', () => {
    const table = new PageTable();
    table.set(5, 1, [77], 0);
    for (let leaf = 1; leaf <= 1000; leaf++) {
      table.set(leaf * 512, 2, [leaf, leaf + 1], 0);
      expect(table.lookup(leaf * 512 + 1)).toBe(leaf + 1);
      table.clear(leaf * 512, leaf * 512 + 2);
      expect(table.lookup(leaf * 512)).toBe(-1);
      table.set(leaf * 512, 1, [leaf], 0);
      expect(table.lookup(leaf * 512)).toBe(leaf);
      table.clear(leaf * 512, leaf * 512 + 1);
    }
    expect(table.lookup(5)).toBe(77);
    expect(runsOf(table, 0, 2 ** 33)).toEqual([5, 6]);
  });

  it('refuses more pages than there are frames', () => {
    expect(() => new PageTable().set(0, 3, [1, 2, 3], 1)).toThrow('3 pages from frame 1 of 3');
  });
});
