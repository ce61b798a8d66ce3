import { describe, expect, it } from 'vitest';
import { ARCH_NAMES } from '../../../models/hardware/machine.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { workloads } from '../../../src/workload/index.ts';
import { type Costs, measure } from '../../../src/workload/measure.ts';

function costs(policy: string, name: string, cpus?: number): Costs {
  const workload = workloads.find((one) => one.name === name);
  if (workload === undefined) throw new Error(`no workload ${name}`);
  const options = { cpus: cpus ?? workload.cpus, seed: 1 };
  return measure(builtInPolicy(policy).subject(), workload, options);
}

/** Calls, pages asked, useful, dirty. */
function flushes(policy: string, name: string): number[] {
  const { flush } = costs(policy, name);
  return [flush.flushes, flush.pagesAsked, flush.pagesUseful, flush.pagesDirty];
}

function microseconds(of: Costs): Record<string, number> {
  return Object.fromEntries(of.flush.costs.map((one) => [one.arch, one.microseconds]));
}

describe('the flush of "Excessive TLB flush ranges"', () => {
  const hull = [1, 372_106, 31, 23];

  it.each([
    ['v5.4', hull],
    ['v6.4', hull],
    ['tglx-1of6', hull],
    ['tglx-3of6', hull],
    ['tglx-6of6', hull],
    ['v6.5', hull],
    ['v6.12', hull],
    // One by one, and with the direct map flushed by itself: what was proposed in May 2023.
    ['mail1-per-area', [1, 31, 31, 23]],
    ['exact', [1, 23, 23, 23]],
  ])('%s', (policy, figures) => {
    expect(flushes(policy, 'excessive-flush')).toEqual(figures);
  });

  it('takes what the report says on ARM32, and no interrupt', () => {
    const { flush } = costs('v6.4', 'excessive-flush');
    const arm32 = flush.costs.find(({ arch }) => arch === 'arm32');
    expect(arm32).toMatchObject({ ipis: 0, instructions: 372_106 });
    expect(arm32?.microseconds).toBeGreaterThan(4_000);
    expect(arm32?.microseconds).toBeLessThan(8_000);
  });

  it('takes one interrupt for a list of ranges where there are interrupts', () => {
    const { flush } = costs('mail1-per-area', 'excessive-flush', 3);
    const ipis = Object.fromEntries(flush.costs.map((one) => [one.arch, one.ipis]));
    expect(ipis).toMatchObject({ x86_64: 2, riscv: 2, arm32: 0, arm64: 0 });
  });

  it('is somewhere else where areas are: the program comes close behind in a zone', () => {
    expect(flushes('mail5-zones', 'excessive-flush')).toEqual([1, 372_106 - 342, 31, 23]);
  });
});

describe('mail 1', () => {
  it('flushes the same range over and over before v6.5', () => {
    // Four flushes of each hull while a region is mapped, one of the whole block at the end.
    const ends = [256, 512, 768, 768 + 128, 960, 992, 1008, 1016];
    const pages = 4 * ends.reduce((sum, end) => sum + end, 0) + 1024;
    expect(flushes('v6.4', 'mail1-table')).toEqual([4 * ends.length + 1, pages, 1017, 1017]);
    // Each region once as it is given back, the whole block at the end.
    expect(flushes('v6.5', 'mail1-table')).toEqual([9, 1016 + 1024, 1017, 1017]);
    expect(flushes('exact', 'mail1-table')).toEqual([9, 1017, 1017, 1017]);
  });

  it('flushes 4 MiB for the last of 255 mappings of 4 pages, of which 4 pages are dirty', () => {
    const growing = 4 * ((254 * 255) / 2);
    expect(flushes('v6.4', 'mail1-255x4')).toEqual([255, growing + 1024, 1020, 1020]);
    expect(flushes('v6.5', 'mail1-255x4')).toEqual([255, 254 * 4 + 1024, 1020, 1020]);
  });

  it.each(['v6.4', 'v6.5', 'v6.12'])('asks for 1002 pages instead of 4 on %s', (policy) => {
    expect(flushes(policy, 'mail1-1002')).toEqual([1, 1002, 4, 4]);
  });
});

describe('high-water marks', () => {
  it('are those of the lazy areas when nothing is purged before the end', () => {
    const { space, peaks, blocksCreated } = costs('v6.4', 'excessive-flush');
    // The last area ends at 0xf0a17000; everything below it is taken.
    expect(space).toEqual({ highest: 0xf0a17 - 0xf0800, taken: 0xf0a17 - 0xf0800 });
    expect([peaks?.lazyPages, blocksCreated]).toEqual([30, 0]);
  });

  it('see the space taken before each purge', () => {
    const { space, peaks, flush } = costs('v6.1', 'fix_size_alloc');
    const lazyMax = 3 * 8192;
    // Work runs every 16 calls: seven areas of two pages are freed beyond the limit at most.
    expect(peaks?.lazyPages).toBeGreaterThan(lazyMax);
    expect(peaks?.lazyPages).toBeLessThanOrEqual(lazyMax + 2 * 8);
    expect(space.taken).toBe(peaks?.lazyPages);
    expect(flush.pagesAsked).toBe(peaks?.lazyPages);
  });

  it('tell lists that are walked with the lock held from those where it is offered', () => {
    const walks = (policy: string) =>
      Object.fromEntries(
        costs(policy, 'full_fit_alloc').peaks?.walks.map((walk) => [walk.lock, walk.nodes]) ?? [],
      );
    // Until v6.8 the purge offers the lock after each area, since v6.9 never.
    expect(walks('v6.1').free_vmap_area_lock).toBe(1);
    expect(walks('v6.12').free_vmap_area_lock).toBeGreaterThan(100);
  });
});

it('counts an allocation that is refused', () => {
  const { refused, died } = costs('v6.1', 'align_shift_alloc');
  expect([refused, died]).toEqual([1, null]);
});

it('gives the same figures each time, and others for another seed', () => {
  const drawn = workloads.filter(({ name }) => name === 'modules');
  const run = (seed: number) =>
    drawn.map((one) => measure(builtInPolicy('v6.5').subject(), one, { cpus: 2, seed }));
  expect(run(1)).toEqual(run(1));
  expect(run(2)).not.toEqual(run(1));
});

it('has an estimate for every architecture, more for more CPUs where there are interrupts', () => {
  const [few, many] = [2, 64].map((cpus) => microseconds(costs('v6.5', 'mail1-1002', cpus)));
  expect(Object.keys(few ?? {})).toEqual([...ARCH_NAMES]);
  expect(many?.x86_64).toBeGreaterThan(few?.x86_64 ?? 0);
  expect(many?.arm64).toBe(few?.arm64);
});
