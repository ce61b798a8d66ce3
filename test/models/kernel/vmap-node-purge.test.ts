import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN, type Machine } from '../../../models/hardware/machine.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { Bench } from './bench.ts';

const latest = policies.find(({ name }) => name === 'v6.12');

/** Two nodes, and `count` areas of `pages` pages, guard page included, in a pool of node 0. */
function pooledBench(count: number, pages: number, fields: Partial<Machine> = {}): Bench {
  if (latest === undefined) throw new Error('no v6.12');
  const bench = new Bench(kernelOf(latest), {
    vmapNodes: 2,
    vmallocPages: 2048,
    ramPages: 512,
    ...fields,
  });
  const areas = Array.from({ length: count }, () => bench.vmap(pages - 1));
  for (const vpn of areas) bench.run(bench.kernel.vunmap(vpn));
  bench.aliases();
  return bench;
}

describe('decay_va_pool_node', () => {
  const lengths = (bench: Bench, purges: number): number[] =>
    Array.from({ length: purges }, () => {
      bench.aliases();
      return bench.state().pools[2] ?? 0;
    });

  it('gives up a quarter of a pool with each purge, rounded down', () => {
    expect(lengths(pooledBench(12, 2), 6)).toEqual([9, 7, 6, 5, 4, 3]);
  });

  it.each([1, 2, 3])('gives up a pool of %d altogether', (count) => {
    const bench = pooledBench(count, 2);
    expect(bench.state().pools).toEqual([0, 2, count, count]);
    expect(lengths(bench, 1)).toEqual([0]);
    expect(bench.state()).toMatchObject({ pooled: [], free: [LOWEST_VPN, HIGHEST_VPN] });
  });

  it('takes the areas that came last, and joins those that touch', () => {
    const bench = pooledBench(8, 2);
    bench.aliases();
    expect(bench.state()).toMatchObject({
      pooled: [0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12],
      free: [LOWEST_VPN, 0, 12, HIGHEST_VPN],
    });
  });

  it('gives up every pool when the address space has run out', () => {
    const bench = pooledBench(12, 4, { vmallocPages: 48 });
    expect(bench.state().pools).toEqual([0, 4, 12, 12]);
    expect(bench.vmap(46)).toBe(0);
    expect(bench.state()).toMatchObject({ pooled: [], pools: [] });
  });
});

describe('purge_vmap_node', () => {
  it('gives areas of more than 256 pages to the heap', () => {
    expect(pooledBench(1, 256).state().pooled).toEqual([0, 256]);
    expect(pooledBench(1, 257).state().pooled).toEqual([]);
  });

  it('gives what no node asked for to the heap', () => {
    const bench = pooledBench(0, 2, { modulesPages: 16 });
    const { kernel } = bench;
    const [start, end] = kernel.rangeOf('modules');
    const module = bench.run(kernel.__vmalloc_node_range(1, 1, start, end, 0));
    bench.vfree(module);
    expect(bench.state().lazy).toEqual([module, module + 2]);
    bench.aliases();
    expect(bench.state()).toMatchObject({ lazy: [], pooled: [] });
  });
});

describe('vmap_node_shrink_scan', () => {
  it('gives up every pool', () => {
    const bench = pooledBench(12, 2);
    bench.run(bench.kernel.vmap_node_shrink_scan());
    expect(bench.state()).toMatchObject({ pooled: [], free: [LOWEST_VPN, HIGHEST_VPN] });
  });

  it('finds nothing to do in a kernel without nodes', () => {
    const bench = new Bench();
    const before = bench.state();
    bench.run(bench.kernel.vmap_node_shrink_scan());
    expect(bench.state()).toEqual(before);
  });
});
