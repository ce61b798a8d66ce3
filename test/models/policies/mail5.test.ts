import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN, type Machine } from '../../../models/hardware/machine.ts';
import type { Kernel } from '../../../models/kernel/kernel.ts';
import { Task } from '../../../models/kernel/locks.ts';
import { KernelOops } from '../../../models/kernel/oops.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { VM_ALLOC } from '../../../models/kernel/vm-flags.ts';
import { fillRace } from '../../../models/policies/mail5-fill-race.ts';
import { halfZone } from '../../../models/policies/mail5-half-zone.ts';
import { zoneByCpu } from '../../../models/policies/mail5-zone-by-cpu.ts';
import { disabled, zones } from '../../../models/policies/mail5-zones.ts';
import { kernelOf, type Patch } from '../../../models/policies/policy.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';
import { Bench } from '../kernel/bench.ts';

/** Two CPUs, zones of 16 pages, 64 pages of vmalloc space, unless said otherwise. */
function boot(patch: Patch | null, fields: Partial<Machine> = {}): Bench {
  const patches = patch === null ? v6_5.patches : [...v6_5.patches, patch];
  return new Bench(kernelOf({ ...v6_5, patches }), fields);
}

/** Takes `size` pages on a CPU, no guard page; returns where they begin, or the error. */
function take({ kernel, run }: Bench, cpu: number, size: number, align = 1): number {
  kernel.current.cpu = cpu;
  const va = run(kernel.alloc_vmap_area(size, align, 0, kernel.VMALLOC_END));
  return typeof va === 'number' ? va : va.va_start;
}

describe('mail5-zones', () => {
  it('hands out what a CPU has prefetched, chunk after chunk from the shared heap', () => {
    const bench = boot(zones);
    expect([take(bench, 0, 2), take(bench, 1, 2), take(bench, 1, 2), take(bench, 0, 2)]).toEqual([
      0, 16, 18, 2,
    ]);
    expect(bench.state().pooled).toEqual([4, 16, 20, 32]);
    expect(bench.state().free).toEqual([LOWEST_VPN, 0, 32, HIGHEST_VPN]);
  });

  it('looks in the shared heap for more than a third of a zone, and for a range within it', () => {
    const bench = boot(zones);
    expect([take(bench, 0, 5), take(bench, 0, 6)]).toEqual([0, 16]);
    const within = bench.run(bench.kernel.alloc_vmap_area(1, 1, 0, 63));
    expect(within).toMatchObject({ va_start: 22 });
  });

  it('counts the alignment on top of the size', () => {
    const bench = boot(zones);
    expect([take(bench, 0, 4), take(bench, 0, 4, 2), take(bench, 0, 3, 2)]).toEqual([0, 16, 4]);
  });

  it('prefetches again only when fewer than four pages in a row are left', () => {
    const four = boot(zones);
    expect([4, 4, 4, 5].map((size) => take(four, 0, size))).toEqual([0, 4, 8, 16]);
    expect(four.state().pooled).toEqual([12, 16]);
    const one = boot(zones);
    expect([5, 5, 5, 5].map((size) => take(one, 0, size))).toEqual([0, 5, 10, 15]);
    expect(one.state().pooled).toEqual([20, 32]);
  });

  it('goes to the shared heap if there is no memory to prefetch, and leaks nothing', () => {
    const bench = boot(zones);
    // 1: the new area, 2: the area for the chunk.
    bench.outOfMemory((nth) => nth === 2);
    expect(take(bench, 0, 2)).toBe(0);
    const { pooled, busy, free, spareVmapAreas } = bench.state();
    expect(pooled).toEqual([]);
    expect(bench.objects('vmap_area')).toBe(busy.length / 3 + free.length / 2 + spareVmapAreas);
  });

  it('gives what nobody used back in a purge, if there is something to purge', () => {
    const bench = boot(zones);
    const { kernel } = bench;
    const vm = bench.run(kernel.get_vm_area(1, VM_ALLOC));
    if (vm === null) throw new Error('no area');
    take(bench, 1, 2);
    bench.run(kernel.vm_unmap_aliases());
    expect(bench.state().pooled).toEqual([2, 16, 18, 32]);
    bench.run(kernel.free_vm_area(vm));
    bench.run(kernel.vm_unmap_aliases());
    expect(bench.state()).toMatchObject({
      pooled: [],
      free: [LOWEST_VPN, 16, 18, HIGHEST_VPN],
      vmapLazyNr: 0,
    });
  });

  it('fails although the CPUs hold the room, if nothing is lazy', () => {
    const small = { vmallocPages: 32 };
    for (const [patch, holds] of [[zones, false] as const, [null, true] as const]) {
      const bench = boot(patch, small);
      take(bench, 0, 2);
      take(bench, 1, 2);
      expect(take(bench, 0, 12) >= 0).toBe(holds);
    }
    const bench = boot(zones, small);
    const vm = bench.run(bench.kernel.get_vm_area(1, VM_ALLOC));
    take(bench, 1, 2);
    if (vm !== null) bench.run(bench.kernel.free_vm_area(vm));
    expect(take(bench, 0, 12)).toBe(0);
  });

  it('finds an area by its first page, but not by a page in the zone of another CPU', () => {
    const found = (patch: Patch | null) => {
      const bench = boot(patch);
      take(bench, 0, 20);
      return [0, 15, 16, 19].map((vpn) => bench.run(bench.kernel.find_vmap_area(vpn)) !== null);
    };
    expect(found(zones)).toEqual([true, true, false, false]);
    expect(found(null)).toEqual([true, true, true, true]);
  });

  it('lets vread() see the zone of CPU 0 alone', () => {
    const read = (patch: Patch | null) => {
      const bench = boot(patch);
      const { kernel } = bench;
      take(bench, 0, 1);
      kernel.current.cpu = 1;
      const vpn = bench.run(kernel.vmap([77], 1));
      return [vpn, ...bench.run(kernel.vread(vpn, 1))];
    };
    expect(read(zones)).toEqual([16, 0]);
    expect(read(null)).toEqual([1, 77]);
  });

  it('merges lazy areas of one zone, and flushes one hull over those of all zones', () => {
    const bench = boot(zones, { possibleCpus: [0, 1, 2], onlineCpus: [0, 1, 2] });
    const { kernel } = bench;
    const mapped = [0, 1, 2].flatMap((cpu) => {
      kernel.current.cpu = cpu;
      return [bench.run(kernel.vmap([100 + cpu], 1)), bench.run(kernel.vmap([200 + cpu], 1))];
    });
    expect(mapped).toEqual([0, 2, 16, 18, 32, 34]);
    for (const vpn of [34, 16, 18]) bench.run(kernel.vunmap(vpn));
    expect(bench.state().lazy).toEqual([16, 20, 34, 36]);
    bench.events();
    bench.run(kernel.vm_unmap_aliases());
    expect(bench.events()).toEqual(['flush 16-36']);
  });

  it('takes a number for the id of a CPU that there need not be', () => {
    const bench = boot(zones, { possibleCpus: [0, 2], onlineCpus: [0, 2] });
    expect(take(bench, 0, 2)).toBe(0);
    expect(() => take(bench, 2, 2)).toThrow(KernelOops);
  });
});

describe('mail5-zone-by-cpu', () => {
  it('prefetches zones that are the CPU’s own, and leaves those in between', () => {
    const bench = boot(zoneByCpu);
    expect([5, 5, 5, 5].map((size) => take(bench, 1, size))).toEqual([16, 21, 26, 48]);
    expect(bench.state().pooled).toEqual([31, 32, 53, 64]);
    expect(bench.state().free).toEqual([LOWEST_VPN, 16, 32, 48, 64, HIGHEST_VPN]);
  });

  it('goes to the shared heap when no zone of its own is free as a whole', () => {
    const bench = boot(zoneByCpu, { vmallocPages: 40 });
    expect([5, 5, 5, 5].map((size) => take(bench, 1, size))).toEqual([16, 21, 26, 0]);
  });
});

describe('mail5-half-zone', () => {
  it('serves what lies between a third and half of a zone from the zone', () => {
    const bench = boot(halfZone);
    expect([take(bench, 0, 5), take(bench, 0, 7), take(bench, 0, 8)]).toEqual([0, 5, 16]);
  });
});

describe('mail5-disabled', () => {
  it('prefetches nothing, as the series does with one CPU', () => {
    const sizes = [2, 5, 6, 1];
    const addresses = (bench: Bench) => sizes.map((size, i) => take(bench, i % 2, size));
    const bench = boot(disabled);
    expect(addresses(bench)).toEqual(addresses(boot(null)));
    expect(bench.state().pooled).toEqual([]);
    const single = boot(zones, { possibleCpus: [0], onlineCpus: [0] });
    take(single, 0, 2);
    expect(single.state().pooled).toEqual([]);
  });
});

/** A task on cpu0 that takes two pages, stopping at every scheduling point. */
class Taker {
  readonly #kernel: Kernel;
  readonly #task: Task;
  readonly #run: Run<unknown>;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.#task = new Task(name, 0);
    this.#run = kernel.alloc_vmap_area(2, 1, 0, kernel.VMALLOC_END);
  }

  /** Runs up to the next point with this label, or to the end without one. */
  goOn(label?: string): unknown {
    this.#kernel.current = this.#task;
    for (;;) {
      const result = this.#run.next();
      if (result.done) return result.value;
      if (result.value.label === label) return result.value.kind;
    }
  }
}

describe('fill_in_progress', () => {
  const FLAG = 'fill_in_progress of cpu0';

  function twoTakers(patch: Patch) {
    const bench = boot(patch);
    bench.kernel.interleaved = true;
    return { bench, one: new Taker(bench.kernel, 'one'), other: new Taker(bench.kernel, 'other') };
  }

  it('leaves an extra prefetch to a task that is stopped before it looks at the flag', () => {
    const { bench, one, other } = twoTakers(zones);
    expect(one.goOn(FLAG)).toBe('atomic');
    expect(other.goOn(FLAG)).toBe('atomic');
    expect(one.goOn()).toMatchObject({ va_start: 0 });
    expect(bench.state().pooled).toEqual([2, 16]);
    expect(other.goOn()).toMatchObject({ va_start: 2 });
    expect(bench.state().pooled).toEqual([4, 32]);
  });

  it('sends a task that comes while another prefetches to the shared heap', () => {
    const { bench, one, other } = twoTakers(zones);
    one.goOn(FLAG);
    one.goOn('free_vmap_area_lock');
    expect(other.goOn()).toMatchObject({ va_start: 0 });
    expect(one.goOn()).toMatchObject({ va_start: 2 });
    expect(bench.state().pooled).toEqual([4, 18]);
  });

  it('not looked at, lets both prefetch', () => {
    const { bench, one, other } = twoTakers(fillRace);
    one.goOn('free_vmap_area_lock');
    expect(other.goOn()).toMatchObject({ va_start: 0 });
    expect(one.goOn()).toMatchObject({ va_start: 2 });
    expect(bench.state().pooled).toEqual([4, 32]);
  });
});
