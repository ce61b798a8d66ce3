import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaivePageTable } from '../../../models/hardware/page-table-naive.ts';
import { ConcreteTlb } from '../../../models/hardware/tlb-concrete.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';

const CPUS = 3;
const LOWEST = -6;
const PAGES = 8;

const pages = fc.integer({ min: LOWEST, max: LOWEST + PAGES - 1 });
const steps = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('touch') },
    { weight: 2, arbitrary: fc.constantFrom('map', 'unmap') },
    { weight: 1, arbitrary: fc.constantFrom('flush', 'flushAll') },
  ),
  cpu: fc.nat({ max: CPUS - 1 }),
  start: pages,
  count: fc.integer({ min: 1, max: 4 }),
});

describe('ConcreteTlb', () => {
  it('never differs from the page table where the adversarial TLB is clean', () => {
    let staleHits = 0;
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60, size: 'max' }), (sequence) => {
        const concrete = new ConcreteTlb(CPUS, { sets: 4, ways: 2 });
        const adversary = new NaiveStaleTlb(CPUS);
        const table = new NaivePageTable();
        let frames = 0;
        for (const { kind, cpu, start, count } of sequence) {
          const end = start + count;
          if (kind === 'touch') {
            const reached = concrete.touch(cpu, start, table.lookup(start));
            if (reached !== table.lookup(start)) staleHits++;
          } else if (kind === 'map') {
            table.forEachPresentRun(start, end, (from, to) => adversary.cleared(from, to));
            table.set(
              start,
              count,
              Int32Array.from({ length: count }, () => frames++),
              0,
            );
          } else if (kind === 'unmap') {
            table.forEachPresentRun(start, end, (from, to) => adversary.cleared(from, to));
            table.clear(start, end);
          } else {
            for (let nth = 0; nth < CPUS; nth++) {
              if (kind === 'flush' && nth !== cpu) continue;
              concrete.invalidate(nth, start, end);
              adversary.invalidate(nth, start, end);
            }
          }
          for (let nth = 0; nth < CPUS; nth++) {
            for (const { vpn, pfn } of concrete.entries(nth)) {
              if (pfn === table.lookup(vpn)) continue;
              expect(adversary.firstStaleOn(nth, vpn, vpn + 1)).toBe(vpn);
            }
          }
        }
      }),
      { seed: 3, numRuns: 200 },
    );
    // The comparison means something only if old entries were there to be compared.
    expect(staleHits).toBeGreaterThan(100);
  });

  it('reaches the old frame until its CPU invalidates the page', () => {
    const tlb = new ConcreteTlb(2);
    expect(tlb.touch(0, -5, 10)).toBe(10);
    expect(tlb.touch(0, -5, 20)).toBe(10);
    expect(tlb.touch(1, -5, 20)).toBe(20);
    tlb.invalidate(0, -5, -4);
    expect(tlb.lookup(0, -5)).toBe(-1);
    expect(tlb.touch(0, -5, -1)).toBe(-1);
    expect(tlb.touch(0, -5, 20)).toBe(20);
  });

  it('replaces the least recently used way of a set', () => {
    const tlb = new ConcreteTlb(1, { sets: 2, ways: 2 });
    tlb.touch(0, 0, 100);
    tlb.touch(0, 2, 102);
    tlb.touch(0, 1, 101);
    tlb.touch(0, 0, 100);
    tlb.touch(0, 4, 104);
    expect(tlb.entries(0)).toEqual([
      { vpn: 0, pfn: 100 },
      { vpn: 1, pfn: 101 },
      { vpn: 4, pfn: 104 },
    ]);
  });

  it('drops everything in a full flush', () => {
    const tlb = new ConcreteTlb(1);
    for (let vpn = -300; vpn < 300; vpn++) tlb.touch(0, vpn, vpn + 300);
    expect(tlb.entries(0)).toHaveLength(256);
    tlb.invalidate(0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(tlb.entries(0)).toEqual([]);
  });
});
