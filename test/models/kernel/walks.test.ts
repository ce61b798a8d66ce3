import { describe, expect, it } from 'vitest';
import { PeakCounter } from '../../../models/kernel/peak-counter.ts';
import type { Run } from '../../../models/kernel/point.ts';
import type { Walk } from '../../../models/kernel/walks.ts';
import { Bench } from './bench.ts';

/** The longest walk under each lock, by its name. */
function walksOf({ kernel }: Bench): Record<string, number> {
  return Object.fromEntries([...kernel.walks.longest].map(([lock, { nodes }]) => [lock, nodes]));
}

describe('walks', () => {
  it('count the nodes visited under every lock held, until it is let go of', () => {
    const bench = new Bench();
    const { kernel } = bench;
    bench.run(
      (function* (): Run<void> {
        const lock = kernel.newLock('a lock');
        yield* kernel.mutex_lock(kernel.vmap_purge_lock);
        for (const nodes of [2, 3, 1]) {
          yield* kernel.spin_lock(lock);
          for (let i = 0; i < nodes; i++) kernel.walks.visited(kernel.current);
          yield* kernel.spin_unlock(lock);
        }
        yield* kernel.mutex_unlock(kernel.vmap_purge_lock);
        kernel.walks.visited(kernel.current);
      })(),
    );
    const longest: Walk[] = [...kernel.walks.longest.values()];
    expect(longest).toEqual([
      { lock: 'a lock', kind: 'spinlock', nodes: 3 },
      { lock: 'vmap_purge_lock', kind: 'mutex', nodes: 6 },
    ]);
  });

  it('begin anew where the lock is offered to others', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const lock = kernel.free_vmap_area_lock;
    bench.run(
      (function* (): Run<void> {
        yield* kernel.spin_lock(lock);
        for (let i = 0; i < 5; i++) {
          kernel.walks.visited(kernel.current);
          if (i === 2) yield* kernel.cond_resched_lock(lock);
        }
        yield* kernel.spin_unlock(lock);
      })(),
    );
    expect(walksOf(bench)).toEqual({ free_vmap_area_lock: 3 });
  });

  it('count the outermost RCU read-side critical section', () => {
    const bench = new Bench();
    const { kernel } = bench;
    kernel.rcu_read_lock();
    kernel.walks.visited(kernel.current);
    kernel.rcu_read_lock();
    kernel.rcu_read_unlock();
    kernel.walks.visited(kernel.current);
    kernel.rcu_read_unlock();
    expect(walksOf(bench)).toEqual({ 'rcu_read_lock()': 2 });
  });

  it('of a purge go on until few enough areas are lazy, and then stop at each', () => {
    const bench = new Bench(undefined, { lazyMaxPages: 2 });
    const areas = Array.from({ length: 8 }, () => bench.vmalloc(1));
    // Every other one, so that they do not become one area. Eight lazy pages; the lock is offered
    // below four: after the third area, when two pages are left, and after the fourth.
    for (const vpn of areas.filter((_, index) => index % 2 === 0)) bench.vfree(vpn);
    bench.run(bench.kernel.vm_unmap_aliases());
    expect(walksOf(bench)).toMatchObject({ free_vmap_area_lock: 3, vmap_purge_lock: 4 });
  });

  it('of vm_map_ram pass every block with too little space before one that has enough', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const map = (pages: number) => bench.run(kernel.vm_map_ram(callerFrames(pages), pages));
    // Of two blocks of 4 pages the first has one page left, which the third and fourth pass.
    for (const pages of [2, 1, 2, 2]) map(pages);
    expect(walksOf(bench)['rcu_read_lock()']).toBe(2);
  });
});

function callerFrames(pages: number): number[] {
  return Array.from({ length: pages }, (_, page) => page + 1_000);
}

it('PeakCounter remembers the most it has been', () => {
  const counter = new PeakCounter('a counter');
  expect([counter.value, counter.peak]).toEqual([0, 0]);
  counter.value += 5;
  counter.value -= 3;
  counter.value += 2;
  expect([counter.value, counter.peak]).toEqual([4, 5]);
});
