import { describe, expect, it } from 'vitest';
import { NULL } from '../../../models/kernel/err.ts';
import { KernelBug } from '../../../models/kernel/oops.ts';
import { VM_NO_GUARD } from '../../../models/kernel/vm-flags.ts';
import { Bench, callerFrames } from './bench.ts';

describe('vm_unmap_aliases', () => {
  it('flushes nothing where nothing was unmapped', () => {
    const bench = new Bench();
    bench.map(1);
    bench.vmalloc(1);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual([]);
  });

  it('flushes the dirty range of a block that is still in use, to its last free page', () => {
    const bench = new Bench();
    bench.map(1);
    const [a, b] = [bench.map(1), bench.map(1)];
    bench.unmap(b, 1);
    bench.unmap(a, 1);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 1-3']);
    expect(bench.map(1)).toBe(3);
  });

  it('flushes dirty ranges and lazy areas in one hull', () => {
    const bench = new Bench();
    bench.map(1);
    bench.unmap(bench.map(1), 1);
    bench.vmalloc(3);
    const area = bench.vmalloc(3);
    bench.vfree(area);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual([`flush 1-${area + 4}`]);
    expect(bench.state().lazy).toEqual([]);
  });

  it('flushes the blocks of every possible CPU, online or not', () => {
    const bench = new Bench();
    for (const cpu of [0, 1]) {
      bench.kernel.current.cpu = cpu;
      bench.map(1);
      bench.unmap(bench.map(1), 1);
    }
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 1-6']);
  });

  it('flushes the same again in v6.1, the dirty range not being forgotten', () => {
    const bench = new Bench();
    bench.map(1);
    bench.unmap(bench.map(1), 1);
    bench.aliases();
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 1-2']);
  });

  it('misses the dirty pages of a block that is used up, in v6.1', () => {
    const bench = new Bench();
    bench.map(2);
    bench.unmap(bench.map(2), 2);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual([]);
  });

  it('throws a fragmented block away, and flushes all of it', () => {
    const bench = new Bench();
    bench.unmap(bench.map(1), 1);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 0-4']);
    expect(bench.state()).toMatchObject({ blocks: [], lazy: [] });
  });

  it('flushes the range its caller asks for, though nothing is lazy', () => {
    const bench = new Bench();
    bench.run(bench.kernel._vm_unmap_aliases(-8, -6, true));
    expect(bench.events()).toEqual(['flush -8--6']);
    bench.run(bench.kernel._vm_unmap_aliases(-8, -6, false));
    expect(bench.events()).toEqual([]);
  });

  it('may sleep, so it complains where it must not', () => {
    const bench = new Bench();
    bench.kernel.rcu_read_lock();
    bench.aliases();
    expect(bench.events()[0]).toContain('locking: sleeping in atomic context');
  });
});

describe('vm_map_ram', () => {
  it('gives what is too large for a block an area of its own, without a guard page', () => {
    const bench = new Bench();
    expect([bench.map(3), bench.map(5)]).toEqual([0, 3]);
    expect(bench.state()).toMatchObject({ busy: [0, 3, 0, 3, 8, 0], blocks: [] });
  });

  it('gives a region it has no page table for back to its block, dirty', () => {
    const bench = new Bench();
    // 1: the block, 2: its area, 3: the spare of this CPU, 4: the page table.
    bench.outOfMemory((nth) => nth === 4);
    expect(bench.map(2)).toBe(NULL);
    expect(bench.events()).toEqual(['clear 0-2']);
    expect(bench.state().blocks).toEqual([0, 2, 2, 0, 2, 0, 0]);
  });

  it('unmaps the part of an area that it could map', () => {
    const bench = new Bench(undefined, { vmallocPages: 1024 });
    bench.run(bench.kernel.get_vm_area(507, VM_NO_GUARD));
    // 1: the area, 2: the spare, 3 and 4: the page tables.
    bench.outOfMemory((nth) => nth === 4);
    expect(bench.map(8)).toBe(NULL);
    expect(bench.events()).toEqual(['set 507-512', 'clear 507-515']);
    expect(bench.state().lazy).toEqual([507, 515]);
  });

  it('of no pages maps nothing at NULL, which is a BUG()', () => {
    const bench = new Bench();
    expect(() => bench.map(0)).toThrow(KernelBug);
  });
});

describe('vm_unmap_ram', () => {
  it('makes an area of its own lazy, as a whole', () => {
    const bench = new Bench();
    const vpn = bench.map(5);
    bench.events();
    bench.unmap(vpn, 5);
    expect(bench.events()).toEqual(['clear 0-5']);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 5], vmapLazyNr: 5 });
  });

  it.each([
    ['at NULL', NULL, 1],
    ['below VMALLOC_START', -1, 1],
    ['above VMALLOC_END', 65, 1],
    ['of an area that is not there', 8, 5],
    ['of no pages', 0, 0],
  ])('%s is a BUG()', (_where, vpn, pages) => {
    const bench = new Bench();
    bench.run(bench.kernel.vm_map_ram(callerFrames(1), 1));
    expect(() => bench.unmap(vpn, pages)).toThrow(KernelBug);
  });
});
