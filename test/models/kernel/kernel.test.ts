import { describe, expect, it } from 'vitest';
import { DIRECT_MAP_VPN, HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import type { Work } from '../../../models/kernel/kernel-base.ts';
import { VM_FLUSH_RESET_PERMS } from '../../../models/kernel/vm-flags.ts';
import { Bench } from './bench.ts';

describe('vmalloc_init', () => {
  it('leaves all of the address space free, and no object but the one that says so', () => {
    const bench = new Bench();
    expect(bench.state()).toEqual({
      busy: [],
      lazy: [],
      free: [LOWEST_VPN, HIGHEST_VPN],
      pooled: [],
      pools: [],
      freeRangesAreAreas: true,
      blocks: [],
      vmapLazyNr: 0,
      objects: new Map([['vmap_area', 1]]),
      spareVmapAreas: 0,
      pendingWork: 0,
    });
  });
});

describe('runPendingWork', () => {
  it('runs each item in a worker of its CPU, in the order they were scheduled', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const seen: string[] = [];
    const note = function* () {
      seen.push(kernel.current.name);
    };
    const work = (cpu: number) => ({ label: 'note', run: note, pending: true, cpu });
    kernel.pendingWork.push(work(1), work(0));
    const caller = kernel.current;
    bench.run(kernel.runPendingWork());
    expect(seen).toEqual(['kworker/1', 'kworker/0']);
    expect(kernel.current).toBe(caller);
  });

  it('leaves for later what is scheduled while it runs', () => {
    const bench = new Bench();
    const { kernel } = bench;
    let runs = 0;
    const again: Work = {
      label: 'again',
      run: function* () {
        runs++;
        yield* kernel.schedule_work(again);
      },
      pending: false,
      cpu: 0,
    };
    [...kernel.schedule_work(again)];
    bench.run(kernel.runPendingWork());
    expect([runs, kernel.pendingWork]).toEqual([1, [again]]);
  });
});

describe('set_memory_ro', () => {
  it('flushes aliases first and then the direct map, run by run', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const gap = bench.vmalloc(1);
    bench.vmalloc(1);
    bench.vfree(gap);
    // Takes the first frame again, and two behind the second one.
    const text = bench.vmalloc(3, VM_FLUSH_RESET_PERMS);
    const [a = 0, b = 0, c = 0] = bench.run(kernel.find_vm_area(text))?.pages ?? [];
    expect([b - a, c - b]).toEqual([2, 1]);
    bench.events();
    bench.run(kernel.set_memory_ro(text));
    const at = (pfn: number) => DIRECT_MAP_VPN + pfn;
    expect(bench.events()).toEqual([
      `flush ${gap}-${gap + 2}`,
      `direct map ${a} read-only`,
      `direct map ${b} read-only`,
      `direct map ${c} read-only`,
      `flush ${at(a)}-${at(a + 1)}`,
      `flush ${at(b)}-${at(c + 1)}`,
    ]);
  });

  it('flushes no direct map the second time, as nothing changes', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const text = bench.vmalloc(1, VM_FLUSH_RESET_PERMS);
    bench.run(kernel.set_memory_ro(text));
    bench.events();
    bench.run(kernel.set_memory_ro(text));
    expect(bench.events()).toEqual([]);
  });
});
