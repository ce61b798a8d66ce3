import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { EBUSY, ENOMEM } from '../../../models/kernel/err.ts';
import { KernelBug } from '../../../models/kernel/oops.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import { Bench } from './bench.ts';

/** alloc_vmap_area() in [start, end). */
function alloc(bench: Bench, size: number, align = 1, start = 0, end = 64): VmapArea | number {
  return bench.run(bench.kernel.alloc_vmap_area(size, align, start, end));
}

/** The same, where it must succeed. */
function area(bench: Bench, size: number, align = 1, start = 0, end = 64): VmapArea {
  const va = alloc(bench, size, align, start, end);
  if (typeof va === 'number') throw new Error(`error ${va}`);
  return va;
}

const startOf = (va: VmapArea | number): number => (typeof va === 'number' ? va : va.va_start);

/** Puts an area back without a flush, as if its lazy range had been purged. */
function giveBack(bench: Bench, va: VmapArea): void {
  bench.run(bench.kernel.free_vmap_area(va));
}

describe('alloc_vmap_area', () => {
  it('takes the lowest range that fits', () => {
    const bench = new Bench();
    const [a, , c] = [area(bench, 3), area(bench, 1), area(bench, 5), area(bench, 1)];
    giveBack(bench, a);
    giveBack(bench, c);
    expect([startOf(alloc(bench, 4)), startOf(alloc(bench, 2))]).toEqual([4, 0]);
  });

  it('aligns the start within a free range', () => {
    const bench = new Bench();
    area(bench, 1);
    expect(area(bench, 2, 8).va_start).toBe(8);
    expect(area(bench, 2, 1).va_start).toBe(1);
  });

  it('goes up to the last page of the range and not beyond', () => {
    const bench = new Bench();
    expect(area(bench, 4, 1, 10, 14)).toMatchObject({ va_start: 10, va_end: 14 });
    expect(alloc(bench, 1, 1, 10, 14)).toBe(EBUSY);
    expect(alloc(bench, 5, 1, 14, 18)).toBe(EBUSY);
  });

  it('takes an aligned range that is exactly what was asked for', () => {
    const bench = new Bench();
    // So that the free area at 8 is a leaf with less than 8 pages and room to align them.
    for (const [start, end] of [
      [0, 8],
      [-11, -10],
      [16, 24],
    ] as const) {
      area(bench, end - start, 1, start, end);
    }
    expect(startOf(alloc(bench, 8, 8, 8, 16))).toBe(8);
  });

  it('describes what it took, and nothing that the object was before', () => {
    const bench = new Bench();
    const va = bench.run(bench.kernel.alloc_vmap_area(2, 1, 0, 64, 3));
    expect(va).toMatchObject({ va_start: 0, va_end: 2, vm: null, flags: 3 });
    expect(bench.run(bench.kernel.find_vmap_area(1))).toBe(va);
    expect(bench.run(bench.kernel.find_vmap_area(2))).toBeNull();
  });

  it('fails at once without an object', () => {
    const bench = new Bench();
    bench.outOfMemory((nth) => nth === 1);
    expect(alloc(bench, 1)).toBe(ENOMEM);
    expect(bench.state().busy).toEqual([]);
  });

  it('is a BUG() for no pages', () => {
    expect(() => alloc(new Bench(), 0)).toThrow(KernelBug);
  });
});

describe('the overflow of alloc_vmap_area', () => {
  it('purges lazy areas once, then asks the notifiers, then purges again', () => {
    const bench = new Bench(undefined, { vmallocPages: 12 });
    const lazy = bench.vmalloc(3);
    const given = bench.vmap(3);
    area(bench, 4, 1, 0, 12);
    bench.kernel.vmap_notify_list.push(given);
    bench.vfree(lazy);
    bench.events();
    expect(startOf(alloc(bench, 8, 1, 0, 12))).toBe(0);
    expect(bench.events()).toEqual([
      `flush ${lazy}-${lazy + 4}`,
      `inner free of ${given} begins`,
      `clear ${given}-${given + 4}`,
      `inner free of ${given} returned`,
      `flush ${given}-${given + 4}`,
    ]);
    expect(bench.kernel.tracepointCounts.get('alloc_vmap_area: overflow')).toBe(3);
  });

  it('frees its object if nothing helped', () => {
    const bench = new Bench();
    expect(alloc(bench, 65)).toBe(EBUSY);
    expect(bench.state()).toMatchObject({ busy: [], free: [LOWEST_VPN, HIGHEST_VPN] });
    const { objects, spareVmapAreas } = bench.state();
    expect(objects.get('vmap_area')).toBe(1 + spareVmapAreas);
  });

  it('purges fragmented blocks too', () => {
    const bench = new Bench(undefined, { vmallocPages: 8 });
    const vpn = bench.map(1);
    bench.unmap(vpn, 1);
    expect(area(bench, 8, 1, 0, 8).va_start).toBe(0);
  });

  it('forgets the notifier of an area its owner unmaps', () => {
    const bench = new Bench();
    bench.kernel.vmap_notify_list.push(3, 9);
    bench.kernel.forgetNotifier(3);
    bench.kernel.forgetNotifier(5);
    expect(bench.kernel.vmap_notify_list).toEqual([9]);
  });
});

describe('the spare area of a CPU', () => {
  it('is preloaded, and used for a split in the middle', () => {
    const bench = new Bench();
    area(bench, 1); // splits: page 0 lies in the middle of all space
    expect(bench.state().spareVmapAreas).toBe(0);
    area(bench, 1); // preloads, and cuts off an edge
    expect(bench.state().spareVmapAreas).toBe(1);
    bench.outOfMemory((nth) => nth > 1);
    expect(area(bench, 1, 8).va_start).toBe(8); // splits with the spare alone
    expect(bench.state().spareVmapAreas).toBe(0);
  });

  it('is one for each CPU', () => {
    const bench = new Bench();
    area(bench, 1);
    area(bench, 1);
    bench.kernel.current.cpu = 1;
    area(bench, 1);
    expect(bench.state().spareVmapAreas).toBe(2);
  });

  it('goes back if the task moved to a CPU that has one meanwhile', () => {
    const bench = new Bench();
    const { kernel } = bench;
    area(bench, 1);
    area(bench, 1); // cpu0 has a spare, cpu1 has none
    kernel.current.cpu = 1;
    kernel.interleaved = true;
    const before = bench.objects('vmap_area');
    const run = kernel.preload_this_cpu_lock(kernel.free_vmap_area_lock);
    run.next(); // allocated, waiting for the lock
    expect(bench.objects('vmap_area')).toBe(before + 1);
    kernel.current.cpu = 0;
    run.next();
    expect(bench.objects('vmap_area')).toBe(before);
    expect(bench.state().spareVmapAreas).toBe(1);
  });

  it('missing, and no memory for a split: warns, purges and tries again', () => {
    const bench = new Bench();
    // 1: the area itself, 2: the spare, 3: the object for the split; then there is memory again.
    bench.outOfMemory((nth) => nth === 2 || nth === 3);
    expect(area(bench, 1).va_start).toBe(0);
    expect(bench.kernel.warning).toContain('no memory to split a free area');
    expect(bench.kernel.tracepointCounts.get('alloc_vmap_area: overflow')).toBe(1);
    expect(bench.state().free).toEqual([LOWEST_VPN, 0, 1, HIGHEST_VPN]);
  });

  it('missing, and never any memory: fails and leaves the free area whole', () => {
    const bench = new Bench();
    bench.outOfMemory((nth) => nth > 1);
    expect(alloc(bench, 1)).toBe(EBUSY);
    expect(bench.state().free).toEqual([LOWEST_VPN, HIGHEST_VPN]);
  });
});

describe('adjust_va_to_fit_type', () => {
  it.each([
    ['all of it', 10, 20, [0, 5, 40, 64]],
    ['its left edge', 10, 5, [0, 5, 15, 30, 40, 64]],
    ['its right edge', 25, 5, [0, 5, 10, 25, 40, 64]],
    ['its middle', 15, 5, [0, 5, 10, 15, 20, 30, 40, 64]],
  ])('cuts %s off a free area', (_what, start, size, free) => {
    const bench = new Bench();
    area(bench, 5, 1, 5, 10);
    area(bench, 10, 1, 30, 40);
    expect(area(bench, size, 1, start, start + size).va_start).toBe(start);
    const ends = new Map([
      [LOWEST_VPN, 0],
      [HIGHEST_VPN, 64],
    ]);
    expect(bench.state().free.map((vpn) => ends.get(vpn) ?? vpn)).toEqual(free);
  });

  it('refuses a range that reaches beyond the area', () => {
    const bench = new Bench();
    const va = bench.kernel.free_vmap_area_root.rb_node;
    if (va === null) throw new Error('nothing is free');
    expect(bench.kernel.adjust_va_to_fit_type(va, HIGHEST_VPN - 1, 2)).toBe(-1);
    expect(bench.state().free).toEqual([LOWEST_VPN, HIGHEST_VPN]);
  });
});

describe('free_vmap_area', () => {
  it('makes the range free at once, not lazy', () => {
    const bench = new Bench();
    giveBack(bench, area(bench, 3));
    expect(bench.state()).toMatchObject({
      busy: [],
      lazy: [],
      free: [LOWEST_VPN, HIGHEST_VPN],
      vmapLazyNr: 0,
    });
  });
});
