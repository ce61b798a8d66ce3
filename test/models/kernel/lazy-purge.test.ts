import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import { Task } from '../../../models/kernel/locks.ts';
import { type Point, type Run, runStepped } from '../../../models/kernel/point.ts';
import { Bench } from './bench.ts';

/** __purge_vmap_area_lazy() under its mutex. */
function* purge(bench: Bench, start = ULONG_MAX, end = ADDRESS_ZERO): Run<boolean> {
  const { kernel } = bench;
  yield* kernel.mutex_lock(kernel.vmap_purge_lock);
  const purged = yield* kernel.__purge_vmap_area_lazy(start, end);
  yield* kernel.mutex_unlock(kernel.vmap_purge_lock);
  return purged;
}

/** Areas of 4 pages with their guard page, one after the other from page 0. */
function vmallocs(bench: Bench, count: number): number[] {
  return Array.from({ length: count }, () => bench.vmalloc(3));
}

/** Runs to the end, calling `at` at each point. */
function steps<T>(bench: Bench, run: Run<T>, at: (point: Point) => void): T {
  bench.kernel.interleaved = true;
  let result = run.next();
  while (!result.done) {
    at(result.value);
    result = run.next();
  }
  bench.kernel.interleaved = false;
  return result.value;
}

describe('__purge_vmap_area_lazy', () => {
  it('flushes the hull of the lazy areas and the range it is given, once', () => {
    const bench = new Bench();
    const [, b = 0, , d = 0] = vmallocs(bench, 5);
    bench.vfree(d);
    bench.vfree(b);
    bench.events();
    expect(bench.run(purge(bench, 2, 3))).toBe(true);
    expect(bench.events()).toEqual(['flush 2-16']);
  });

  it('frees every lazy area and counts it off', () => {
    const bench = new Bench();
    for (const vpn of vmallocs(bench, 3)) bench.vfree(vpn);
    expect(bench.state()).toMatchObject({ lazy: [0, 12], vmapLazyNr: 12 });
    bench.run(purge(bench));
    expect(bench.state()).toMatchObject({
      lazy: [],
      vmapLazyNr: 0,
      free: [LOWEST_VPN, HIGHEST_VPN],
    });
  });

  it('does nothing if there are none, whatever range it is given', () => {
    const bench = new Bench();
    expect(bench.run(purge(bench, 0, 8))).toBe(false);
    expect(bench.events()).toEqual([]);
  });

  it('frees nothing before every CPU is flushed', () => {
    const bench = new Bench();
    const [a = 0] = vmallocs(bench, 1);
    bench.vfree(a);
    const freeAtFlush: number[][] = [];
    steps(bench, purge(bench), ({ kind }) => {
      if (kind === 'flush') freeAtFlush.push([...bench.state().free]);
    });
    expect(freeAtFlush).toEqual([
      [LOWEST_VPN, 0, 4, HIGHEST_VPN],
      [LOWEST_VPN, 0, 4, HIGHEST_VPN],
    ]);
  });

  it('must be called with vmap_purge_lock', () => {
    const bench = new Bench();
    bench.run(bench.kernel.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO));
    expect(bench.events()).toEqual([expect.stringContaining('vmap_purge_lock is not held')]);
  });

  it.each([
    // Three areas of 4 pages go one by one: 12 lazy pages, then 8, 4 and 0 are left.
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 3],
  ])('lets others in only below twice lazy_max_pages (%i)', (lazyMaxPages, times) => {
    const bench = new Bench(undefined, { lazyMaxPages });
    const [a = 0, , c = 0, , e = 0] = vmallocs(bench, 5);
    for (const vpn of [a, c, e]) bench.vfree(vpn);
    let released = 0;
    steps(bench, purge(bench), ({ kind, object }) => {
      if (kind === 'unlock' && object === bench.kernel.free_vmap_area_lock) released++;
    });
    expect(released).toBe(times + 1);
  });
});

describe('free_vmap_area_noflush', () => {
  it('counts the pages before the area is on the lazy list', () => {
    const bench = new Bench();
    const [vpn = 0] = vmallocs(bench, 1);
    const seen: [number, number][] = [];
    steps(bench, bench.kernel.vfree(vpn), ({ kind, object }) => {
      if (kind !== 'lock' || object !== bench.kernel.purge_vmap_area_lock) return;
      const { vmapLazyNr, lazy } = bench.state();
      seen.push([vmapLazyNr, lazy.length]);
    });
    expect(seen).toEqual([[4, 0]]);
  });

  it('asks for a drain when the lazy pages are above the limit, not at it', () => {
    const bench = new Bench(undefined, { lazyMaxPages: 8 });
    const [a = 0, b = 0, c = 0] = vmallocs(bench, 3);
    bench.vfree(a);
    bench.vfree(b);
    expect(bench.kernel.pendingWork).toEqual([]);
    bench.vfree(c);
    expect(bench.kernel.pendingWork).toEqual([bench.kernel.drain_vmap_work]);
  });

  it('merges neighbours on the lazy list', () => {
    const bench = new Bench();
    const [a = 0, b = 0, c = 0, , e = 0] = vmallocs(bench, 5);
    for (const vpn of [a, c, b, e]) bench.vfree(vpn);
    expect(bench.state().lazy).toEqual([0, 12, 16, 20]);
  });
});

describe('drain_vmap_area_work', () => {
  it('flushes once and leaves fragmented blocks alone', () => {
    const bench = new Bench(undefined, { lazyMaxPages: 2 });
    const block = bench.map(1);
    bench.unmap(block, 1);
    bench.vfree(bench.vmalloc(3));
    bench.events();
    bench.run(bench.kernel.runPendingWork());
    expect(bench.events()).toEqual(['flush 4-8']);
    expect(bench.state()).toMatchObject({ vmapLazyNr: 0, pendingWork: 0 });
    expect(bench.state().blocks).toHaveLength(7);
  });

  it('goes on while the lazy pages are above the limit again', () => {
    const bench = new Bench(undefined, { lazyMaxPages: 3 });
    const { kernel } = bench;
    const [first = 0, second = 0] = vmallocs(bench, 2);
    bench.vfree(first);
    const worker = kernel.current;
    let freed = false;
    steps(bench, kernel.drain_vmap_area_work(), ({ kind, object }) => {
      const rechecks = kind === 'read' && object === kernel.vmap_lazy_nr;
      if (!rechecks || kernel.vmap_purge_lock.owner !== null || freed) return;
      freed = true;
      kernel.current = new Task('other', 1);
      runStepped(kernel.vfree(second));
      kernel.current = worker;
    });
    expect(freed).toBe(true);
    expect(bench.state().lazy).toEqual([]);
    expect(kernel.tracepointCounts.get('purge_vmap_area_lazy')).toBe(2);
  });
});

describe('purge_vmap_area_lazy', () => {
  it('takes fragmented blocks along', () => {
    const bench = new Bench();
    bench.unmap(bench.map(1), 1);
    bench.events();
    bench.run(bench.kernel.purge_vmap_area_lazy());
    expect(bench.events()).toEqual(['flush 0-4']);
    expect(bench.state()).toMatchObject({ blocks: [], free: [LOWEST_VPN, HIGHEST_VPN] });
  });
});
