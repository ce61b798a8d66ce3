import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StaleTlb } from '../../../models/hardware/tlb.ts';
import { FastStaleTlb } from '../../../models/hardware/tlb-fast.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';

interface Step {
  readonly kind: 'cleared' | 'invalidate' | 'invalidateEach' | 'invalidateAll' | 'reset';
  readonly cpu: number;
  readonly start: number;
  readonly end: number;
}

const LOWEST = -12;
const HIGHEST = 28;

const range = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.integer({ min: LOWEST, max: HIGHEST - 8 }), fc.integer({ min: -1, max: 8 }))
      .map(([start, length]) => ({ start, end: start + length })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }),
  },
);

/** Any step on a machine of this many CPUs; only what is finite can have been cleared. */
function stepOn(cpus: number): fc.Arbitrary<Step> {
  return fc
    .record({
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constant('cleared' as const) },
        { weight: 10, arbitrary: fc.constant('invalidate' as const) },
        { weight: 2, arbitrary: fc.constantFrom('invalidateEach', 'invalidateAll') },
        { weight: 1, arbitrary: fc.constant('reset' as const) },
      ),
      cpu: fc.nat({ max: cpus - 1 }),
      range,
    })
    .map(({ kind, cpu, range: { start, end } }) => ({
      kind: kind === 'cleared' && !Number.isFinite(start) ? 'invalidateAll' : kind,
      cpu,
      start,
      end,
    }));
}

const sequences = fc
  .oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 30, max: 40 }))
  .chain((cpus) =>
    fc.record({
      cpus: fc.constant(cpus),
      steps: fc.array(stepOn(cpus), { maxLength: 30, size: 'max' }),
    }),
  );

function apply(tlb: StaleTlb, step: Step, cpus: number): void {
  const { kind, cpu, start, end } = step;
  if (kind === 'cleared') tlb.cleared(start, end);
  else if (kind === 'invalidate') tlb.invalidate(cpu, start, end);
  else if (kind === 'invalidateAll') tlb.invalidateAll(start, end);
  else if (kind === 'reset') tlb.reset();
  // Every CPU but one, so that what is left is a true subset.
  else for (let other = 1; other < cpus; other++) tlb.invalidate(other, start, end);
}

/** Every answer about the step's own range, the whole space, and each page. */
function answers(tlb: StaleTlb, step: Step, cpus: number): number[] {
  const { cpu, start, end } = step;
  const all: number[] = [];
  for (const [from, to] of [[start, end] as const, [LOWEST, HIGHEST] as const]) {
    all.push(tlb.firstStale(from, to), tlb.firstStaleOn(cpu, from, to), tlb.countStale(from, to));
  }
  for (let page = LOWEST; page < HIGHEST; page++) {
    all.push(tlb.firstStale(page, page + 1), tlb.firstStaleOn(cpu, page, page + 1));
    all.push(tlb.firstStaleOn((cpu + 1) % cpus, page, HIGHEST));
  }
  return all;
}

/** Runs the same steps on both and returns where the answers first differ, or -1. */
function firstDifference(
  one: StaleTlb,
  other: StaleTlb,
  cpus: number,
  steps: readonly Step[],
): number {
  return steps.findIndex((step) => {
    apply(one, step, cpus);
    apply(other, step, cpus);
    const expected = answers(other, step, cpus);
    return !answers(one, step, cpus).every((answer, nth) => Object.is(answer, expected[nth]));
  });
}

/** What a random comparison with the naive TLB says of an implementation. */
function compare(make: (cpus: number) => StaleTlb) {
  return fc.check(
    fc.property(
      sequences,
      ({ cpus, steps }) => firstDifference(make(cpus), new NaiveStaleTlb(cpus), cpus, steps) === -1,
    ),
    { seed: 2, numRuns: 600 },
  );
}

class ForgetsLastPage extends FastStaleTlb {
  override invalidate(cpu: number, start: number, end: number): void {
    super.invalidate(cpu, start, end - 1);
  }
}

class ForgetsOneCpu extends FastStaleTlb {
  override invalidateAll(start: number, end: number): void {
    super.invalidate(0, start, end);
  }
}

class ForgetsNegativePages extends FastStaleTlb {
  override cleared(start: number, end: number): void {
    super.cleared(Math.max(start, 0), end);
  }
}

describe('FastStaleTlb', () => {
  it('agrees with the naive TLB on every call sequence', () => {
    const result = compare((cpus) => new FastStaleTlb(cpus));
    expect(result.counterexample).toBe(null);
    expect(result.numRuns).toBe(600);
  });

  it.each([ForgetsLastPage, ForgetsOneCpu, ForgetsNegativePages])(
    'the comparison notices one that is wrong: %o',
    (Wrong) => {
      expect(compare((cpus) => new Wrong(cpus)).failed).toBe(true);
    },
  );

  it('agrees with the naive TLB when there are many intervals', () => {
    const cpus = 3;
    const fast = new FastStaleTlb(cpus);
    const naive = new NaiveStaleTlb(cpus);
    const tlbs = [fast, naive];
    for (let nth = 0; nth < 300; nth++) {
      const page = (nth * 97) % 300;
      for (const tlb of tlbs) {
        tlb.cleared(4 * page, 4 * page + 2);
        tlb.invalidate(nth % cpus, 4 * page - 50, 4 * page + 1);
      }
    }
    for (let cpu = 0; cpu < cpus; cpu++) {
      for (let page = 0; page < 1200; page++) {
        expect(fast.firstStaleOn(cpu, page, 1200)).toBe(naive.firstStaleOn(cpu, page, 1200));
      }
    }
    for (const tlb of tlbs) tlb.invalidateAll(3, 1100);
    expect(fast.countStale(0, 1200)).toBe(naive.countStale(0, 1200));
    expect(fast.countStale(0, 1200)).toBeGreaterThan(0);
  });

  it('knows the last of 4096 CPUs that has not flushed', () => {
    const tlb = new FastStaleTlb(4096);
    tlb.cleared(-7, 2 ** 33);
    for (let cpu = 0; cpu < 4096; cpu++) if (cpu !== 4000) tlb.invalidate(cpu, -7, 2 ** 33);
    expect(tlb.firstStaleOn(3999, -7, 2 ** 33)).toBeNaN();
    expect(tlb.firstStaleOn(4000, -7, 2 ** 33)).toBe(-7);
    expect(tlb.countStale(-100, 0)).toBe(7);
    tlb.invalidate(4000, -7, 2 ** 33);
    expect(tlb.firstStale(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeNaN();
  });
});

describe('NaiveStaleTlb', () => {
  it('holds a cleared page on each CPU until that CPU has invalidated it', () => {
    const tlb = new NaiveStaleTlb(2);
    tlb.cleared(3, 5);
    tlb.invalidate(0, 3, 4);
    expect(tlb.firstStaleOn(0, 0, 9)).toBe(4);
    expect(tlb.firstStaleOn(1, 0, 9)).toBe(3);
    expect(tlb.countStale(0, 9)).toBe(2);
    tlb.invalidate(1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(tlb.firstStale(0, 9)).toBe(4);
    expect(tlb.countStale(0, 4)).toBe(0);
  });

  it('refuses a CPU index it does not have', () => {
    expect(() => new NaiveStaleTlb(2).invalidate(2, 0, 1)).toThrow(
      'cpu index 2: the TLB has 0 .. 1',
    );
  });
});
