import { describe, expect, it } from 'vitest';
import { Kernel, type KernelClass } from '../../../models/kernel/kernel.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import {
  type StressOptions,
  type StressResult,
  simulateStress,
  stressOptions,
} from '../../../src/workload/contention.ts';

/** An eighth of what lazy_max_pages() is on eight CPUs, so that a third of the time is enough. */
const LAZY_MAX = 4_096;
const SHORT: Partial<StressOptions> = { lazyMaxPages: LAZY_MAX, ticks: 100_000 };

/** A purge and a drain within 5,000 ticks. */
const TINY: Partial<StressOptions> = { cpus: 3, lazyMaxPages: 128, ticks: 5_000, busyAreas: 5 };

function stress(name: string, changes: Partial<StressOptions> = {}): StressResult {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  return simulateStress(name, kernelOf(policy), stressOptions({ ...SHORT, ...changes }));
}

const verdicts = (name: string, cpus: readonly number[], changes: Partial<StressOptions> = {}) =>
  cpus.map((count) => [count, stress(name, { ...changes, cpus: count }).verdict]);

describe('the backlog under the stress of mail 3, on its eight CPUs', () => {
  const always = stress('mail3-yield-always');
  const threshold = stress('v5.4');
  const atInsertion = stress('mail3-range-at-insertion');

  it('grows without bound where every area is a preempt point', () => {
    const [first, second] = always.mostInHalves;
    expect(always.verdict).toBe('grows');
    expect(first).toBeGreaterThan(10 * LAZY_MAX);
    expect(second).toBeGreaterThan(1.8 * first);
  });

  it('is bounded by the threshold, at the price of waiting for it', () => {
    const [first, second] = threshold.mostInHalves;
    expect(threshold.verdict).toBe('bounded');
    expect(Math.max(first, second)).toBeLessThan(4 * LAZY_MAX);
    expect(threshold.longestAllocation).toBeGreaterThan(10 * always.longestAllocation);
  });

  it('is smaller, and the purges shorter, where the list is not walked for the range', () => {
    expect(atInsertion.verdict).toBe('bounded');
    expect(Math.max(...atInsertion.mostInHalves)).toBeLessThan(2.1 * LAZY_MAX);
    expect(atInsertion.longestPurge).toBeLessThan(0.85 * threshold.longestPurge);
    const purging = atInsertion.purgingPerAllocation / threshold.purgingPerAllocation;
    expect(purging).toBeLessThan(0.9);
  });
});

describe('how many CPUs it takes for the backlog to grow', () => {
  it('more than four, if a page takes a tick', () => {
    expect(verdicts('mail3-yield-always', [4, 7])).toEqual([
      [4, 'bounded'],
      [7, 'grows'],
    ]);
  });

  it('four, if pages take no time, so that all CPUs do is to contend', () => {
    const free = { ticksPerPage: 0 };
    expect(verdicts('mail3-yield-always', [2, 4], free)).toEqual([
      [2, 'bounded'],
      [4, 'grows'],
    ]);
    expect(verdicts('v5.4', [4], free)).toEqual([[4, 'bounded']]);
  });
});

it('the patch of mail 3 bounds the backlog on the kernel it was written for', () => {
  // Its search for free space walks the lazy areas too: what is lazy slows down what makes it grow.
  const slow = { ticks: 500_000, busyAreas: 0, ticksPerNode: 1 };
  const [before, after] = ['v5.0', 'mail3-threshold'].map((name) => stress(name, slow));
  expect([before?.verdict, after?.verdict]).toEqual(['grows', 'bounded']);
  expect(before?.meanAllocation).toBeGreaterThan(1.5 * (after?.meanAllocation ?? 0));
});

describe('a run', () => {
  it('gives the same again, and something else from another seed', () => {
    const once = stress('v6.12', TINY);
    expect(stress('v6.12', TINY)).toEqual(once);
    expect(stress('v6.12', { ...TINY, seed: 2 }).backlog).not.toEqual(once.backlog);
  });

  it('of any built-in policy breaks no rule, and purges', () => {
    for (const { name } of policies) {
      const { complaints, death, purges } = stress(name, TINY);
      expect([name, complaints, death]).toEqual([name, [], null]);
      expect(purges).toBeGreaterThan(0);
    }
  });

  it('ends when the machine dies, and says what rules were broken', () => {
    class Fatal extends Kernel {
      override *vfree(vpn: number): Run<void> {
        yield* this.spin_lock(this.vmap_area_lock);
        this.might_sleep();
        yield* this.spin_unlock(this.vmap_area_lock);
        this.BUG_ON(vpn > 500, 'too high');
        yield* super.vfree(vpn);
      }
    }
    const result = run(Fatal);
    expect(result.death).toBe('BUG: too high');
    expect(result.complaints).toContain('sleeping in atomic context, inside vmap_area_lock');
    expect(result.backlog.at(-1)).toBe(0);
  });

  it('lets an error pass that is not of the kernel', () => {
    class Broken extends Kernel {
      override vfree(): Run<void> {
        throw new TypeError('not of the kernel');
      }
    }
    expect(() => run(Broken)).toThrow(TypeError);
  });
});

function run(Base: KernelClass): StressResult {
  return simulateStress('test', Base, stressOptions(TINY));
}
