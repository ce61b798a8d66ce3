import { describe, expect, it } from 'vitest';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import { Task } from '../../../models/kernel/locks.ts';
import { type Run, runStepped } from '../../../models/kernel/point.ts';
import { mail3 } from '../../../models/policies/mail3.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { v5_0 } from '../../../models/policies/v5.0.ts';
import { v5_4 } from '../../../models/policies/v5.4.ts';
import { Bench } from '../kernel/bench.ts';
import { caseOf, see } from './see.ts';

function boot(name: string, lazyMaxPages = 32): Bench {
  const policy = [v5_0, v5_4, ...mail3].find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  return new Bench(kernelOf(policy), { lazyMaxPages });
}

function getAreas(bench: Bench, count: number): number[] {
  return Array.from(
    { length: count },
    () => bench.run(bench.kernel.get_vm_area(1, 0))?.addr ?? Number.NaN,
  );
}

function* freeArea({ kernel }: Bench, vpn: number): Run<void> {
  const area = yield* kernel.find_vm_area(vpn);
  if (area !== null) yield* kernel.free_vm_area(area);
}

function* lockPurge({ kernel }: Bench): Run<void> {
  yield* kernel.mutex_lock(kernel.vmap_purge_lock);
}

function* purge({ kernel }: Bench): Run<void> {
  yield* kernel.mutex_lock(kernel.vmap_purge_lock);
  yield* kernel.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
  yield* kernel.mutex_unlock(kernel.vmap_purge_lock);
}

const flushesOf = (bench: Bench): string[] =>
  bench.events().filter((line) => line.startsWith('flush'));

describe('the preempt points of a purge of five areas, two pages each', () => {
  const preemptPoints = (name: string, lazyMaxPages: number): number => {
    const bench = boot(name, lazyMaxPages);
    const { kernel } = bench;
    // While somebody holds the lock, nobody purges when too much is lazy.
    bench.run(lockPurge(bench));
    for (const vpn of getAreas(bench, 5)) bench.run(freeArea(bench, vpn));
    kernel.interleaved = true;
    const points = [...kernel.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO)];
    return points.filter(({ kind }) => kind === 'unlock').length - 1;
  };

  it('come after every area, or only while less than twice lazy_max_pages() are lazy', () => {
    // 8, 6, 4, 2 and 0 pages are left after each: below twice 2 pages, only the last two.
    const names = ['v5.0', 'mail3-threshold', 'mail3-long-counter', 'mail3-yield-always', 'v5.4'];
    expect(names.map((name) => [name, preemptPoints(name, 2), preemptPoints(name, 32)])).toEqual([
      ['v5.0', 5, 5],
      ['mail3-threshold', 2, 5],
      ['mail3-long-counter', 2, 5],
      ['mail3-yield-always', 5, 5],
      ['v5.4', 2, 5],
    ]);
  });
});

describe('mail3-range-at-insertion', () => {
  const both = ['v5.4', 'mail3-range-at-insertion'];

  it('flushes the same ranges, each list its own, without walking it', () => {
    const seen = both.map((name) => {
      const bench = boot(name);
      const areas = getAreas(bench, 5);
      for (const vpn of [3, 1].map((index) => areas[index] ?? 0)) bench.run(freeArea(bench, vpn));
      bench.run(purge(bench));
      bench.run(freeArea(bench, areas[4] ?? 0));
      bench.run(purge(bench));
      bench.run(purge(bench));
      const walk = bench.kernel.walks.longest.get('vmap_purge_lock')?.nodes;
      return { flushes: flushesOf(bench), walk, lazy: bench.state().lazy };
    });
    expect(seen).toEqual([
      { flushes: ['flush 2-8', 'flush 8-10'], walk: 4, lazy: [] },
      { flushes: ['flush 2-8', 'flush 8-10'], walk: 2, lazy: [] },
    ]);
  });

  it('flushes what is freed during a purge with it, and then no second time', () => {
    const bench = boot('mail3-range-at-insertion');
    const { kernel } = bench;
    const [a = 0, b = 0] = getAreas(bench, 2);
    bench.run(freeArea(bench, a));
    kernel.interleaved = true;
    const purger = kernel.current;
    const running = purge(bench);
    let point = running.next();
    while (!point.done && point.value.label !== 'flush_range_lock') point = running.next();

    kernel.current = new Task('other', 0);
    runStepped(freeArea(bench, b));
    kernel.current = purger;
    runStepped(running);
    expect([flushesOf(bench), bench.state().lazy]).toEqual([['flush 0-4'], [2, 4]]);
    runStepped(purge(bench));
    expect([flushesOf(bench), bench.state().lazy]).toEqual([[], []]);
  });
});

describe('the counters of mail 3', () => {
  const huge = 'cpus=1 vmalloc=8589934592';
  const violated = (name: string, operations: string): readonly string[] =>
    see(name, caseOf(huge, operations)).violated;

  it('32 bits do not hold two lazy areas of 2^30 pages', () => {
    const one = 'A = get_vm_area(1073741823);free_vm_area(A)';
    const two = `${one};B = get_vm_area(1073741823);free_vm_area(B)`;
    expect([one, two].map((text) => violated('mail3-int-counter', text))).toEqual([
      [],
      ['lazy-count'],
    ]);
    expect(violated('v6.1', two)).toEqual([]);
  });

  it('nor does a purge on the spot help: 2^32 pages count as none', () => {
    const text = 'A = get_vm_area(4294967295);free_vm_area(A)';
    expect(violated('mail3-threshold', text)).toContain('lazy-count');
    expect(violated('mail3-long-counter', text)).not.toContain('lazy-count');
  });
});
