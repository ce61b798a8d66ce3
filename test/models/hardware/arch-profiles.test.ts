import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlushPlan } from '../../../models/hardware/arch.ts';
import { COSTS } from '../../../models/hardware/arch-costs.ts';
import { archProfile } from '../../../models/hardware/arch-profiles.ts';
import { emptyFlushPlan } from '../../../models/hardware/hardware.ts';
import { ARCH_NAMES, type ArchName } from '../../../models/hardware/machine.ts';

const ULONG_MAX = Number.POSITIVE_INFINITY;
const ADDRESS_ZERO = Number.NEGATIVE_INFINITY;

function planOf(name: ArchName, start: number, end: number, cpus: number): FlushPlan {
  const plan = emptyFlushPlan();
  archProfile(name).planFlush(start, end, cpus, plan);
  return plan;
}

/** What happened, in one line: range or full, instructions, IPIs. */
function told(name: ArchName, start: number, end: number, cpus = 4): string {
  const plan = planOf(name, start, end, cpus);
  const what = plan.full ? 'full' : plan.start < plan.end ? `${plan.start}..${plan.end}` : 'none';
  return `${what}, ${plan.instructions} instructions, ${plan.ipis} IPIs`;
}

describe('archProfile', () => {
  it.each([
    ['x86_64', 33, '0..33, 132 instructions, 3 IPIs'],
    ['x86_64', 34, 'full, 4 instructions, 3 IPIs'],
    ['x86_64-invlpgb', 33, '0..33, 6 instructions, 0 IPIs'],
    ['x86_64-invlpgb', 34, 'full, 2 instructions, 0 IPIs'],
    ['arm64', 512, '0..512, 512 instructions, 0 IPIs'],
    ['arm64', 513, 'full, 1 instructions, 0 IPIs'],
    ['arm64-rangetlbi', 1, '0..1, 1 instructions, 0 IPIs'],
    ['arm64-rangetlbi', 2 ** 21 - 1, `0..${2 ** 21 - 1}, 5 instructions, 0 IPIs`],
    ['arm64-rangetlbi', 2 ** 21, `0..${2 ** 21}, 1 instructions, 0 IPIs`],
    ['arm64-rangetlbi', 2 ** 21 + 1, 'full, 1 instructions, 0 IPIs'],
    ['arm32', 2 ** 33, `0..${2 ** 33}, ${2 ** 33} instructions, 0 IPIs`],
    ['riscv', 64, '0..64, 256 instructions, 3 IPIs'],
    ['riscv', 65, 'full, 4 instructions, 3 IPIs'],
    ['powerpc-radix', 1, 'full, 1 instructions, 0 IPIs'],
    ['s390', 1, 'full, 1 instructions, 0 IPIs'],
  ] as const)('%s: a flush of %d pages', (name, pages, expected) => {
    expect(told(name, 0, pages)).toBe(expected);
  });

  it.each([
    // An empty range, the hull nobody filled in (ULONG_MAX, 0), and a swapped one.
    ['x86_64', 'none, 0 instructions, 3 IPIs', 'none, 0 instructions, 3 IPIs', 'full'],
    ['x86_64-invlpgb', 'none, 1 instructions, 0 IPIs', 'none, 1 instructions, 0 IPIs', 'full'],
    ['arm64', 'none, 0 instructions, 0 IPIs', 'none, 0 instructions, 0 IPIs', 'full'],
    ['arm64-rangetlbi', 'none, 0 instructions, 0 IPIs', 'none, 1 instructions, 0 IPIs', 'full'],
    ['arm32', '7..8, 1 instructions, 0 IPIs', 'none, 1 instructions, 0 IPIs', '7..8'],
    ['riscv', '7..8, 4 instructions, 3 IPIs', 'none, 4 instructions, 3 IPIs', 'full'],
    ['powerpc-radix', 'full, 1 instructions, 0 IPIs', 'full, 1 instructions, 0 IPIs', 'full'],
    ['s390', 'full, 1 instructions, 0 IPIs', 'full, 1 instructions, 0 IPIs', 'full'],
  ] as const)('%s: start >= end', (name, empty, unfilled, swapped) => {
    expect(told(name, 7, 7)).toBe(empty);
    expect(told(name, ULONG_MAX, ADDRESS_ZERO)).toBe(unfilled);
    expect(told(name, 7, 3).split(',')[0]).toBe(swapped);
  });

  it('takes a hull with one end filled in for a huge range', () => {
    for (const name of ['x86_64', 'arm64', 'arm64-rangetlbi', 'riscv'] as const) {
      expect(planOf(name, ULONG_MAX, 7, 4).full).toBe(true);
      expect(planOf(name, 7, ADDRESS_ZERO, 4).full).toBe(true);
    }
  });

  it('covers the range asked for on every architecture', () => {
    const ranges = fc.tuple(
      fc.constantFrom(...ARCH_NAMES),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
      fc.integer({ min: 1, max: 4096 }),
    );
    fc.assert(
      fc.property(ranges, ([name, start, pages, cpus]) => {
        const plan = planOf(name, start, start + pages, cpus);
        expect(plan.start).toBeLessThanOrEqual(start);
        expect(plan.end).toBeGreaterThanOrEqual(start + pages);
        expect(plan.full).toBe(plan.start === Number.NEGATIVE_INFINITY);
        expect(plan.instructions).toBeGreaterThan(0);
        expect(plan.nanoseconds).toBeGreaterThan(0);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('arm64-rangetlbi: as many TLBIs as the largest that fit, one after the other', () => {
    const sizes = [3, 2, 1, 0].flatMap((scale) =>
      Array.from({ length: 32 }, (_, num) => (32 - num) * 2 ** (5 * scale + 1)),
    );
    sizes.push(1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 21 }), (pages) => {
        let greedy = 0;
        for (let left = pages; left > 0; greedy++) {
          left -= sizes.find((size) => size <= left) ?? Number.NaN;
        }
        expect(planOf('arm64-rangetlbi', 0, pages, 4).instructions).toBe(greedy);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('estimates the reported ARM32 flush of 372106 pages at 4 to 8 ms', () => {
    const plan = planOf('arm32', 0x95c8d, 0xf0a17, 2);
    expect(plan.instructions).toBe(372106);
    expect(plan.nanoseconds).toBeGreaterThan(4e6);
    expect(plan.nanoseconds).toBeLessThan(8e6);
  });

  it('sends no IPI on one CPU', () => {
    expect(told('x86_64', 0, 2, 1)).toBe('0..2, 2 instructions, 0 IPIs');
    expect(planOf('x86_64', 0, 2, 1).nanoseconds).toBe(2 * COSTS.invlpg.nanoseconds);
  });
});
