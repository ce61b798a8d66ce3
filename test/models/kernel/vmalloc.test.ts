import { describe, expect, it } from 'vitest';
import { DIRECT_MAP_VPN, MODULES_VPN } from '../../../models/hardware/machine.ts';
import { NULL } from '../../../models/kernel/err.ts';
import { KernelOops } from '../../../models/kernel/oops.ts';
import { VM_FLUSH_RESET_PERMS, VM_UNINITIALIZED } from '../../../models/kernel/vm-flags.ts';
import { VmStruct } from '../../../models/kernel/vm-struct.ts';
import { Bench } from './bench.ts';

/** Enough space for arrays of page pointers that are larger than a page. */
const BIG = { vmallocPages: 4096, ramPages: 2048 };

function framesOf(bench: Bench, vpn: number): readonly number[] {
  return bench.run(bench.kernel.find_vm_area(vpn))?.pages ?? [];
}

/** Whether nothing is left of what a call tried. */
function expectNothingLeft(bench: Bench): void {
  const { busy, objects, spareVmapAreas } = bench.state();
  expect(busy).toEqual([]);
  expect(objects.get('vm_struct') ?? 0).toBe(0);
  expect(objects.get('page_array') ?? 0).toBe(0);
  // Free, lazy and spare areas.
  const { free, lazy } = bench.state();
  const areas = free.length / 2 + lazy.length / 2 + spareVmapAreas;
  expect(objects.get('vmap_area')).toBe(areas);
}

/** Frames handed out and not given back, by the events so far. */
function framesKept(events: readonly string[]): number {
  const count = (verb: string) => events.filter((line) => line.startsWith(`${verb} frame`)).length;
  return count('allocate') - count('free');
}

describe('vmalloc', () => {
  it('maps frames of its own, each page one', () => {
    const bench = new Bench();
    const vpn = bench.vmalloc(3);
    const pages = framesOf(bench, vpn);
    expect(new Set(pages).size).toBe(3);
    expect([0, 1, 2].map((at) => bench.kernel.vmalloc_to_page(vpn + at))).toEqual(pages);
    expect(bench.kernel.vmalloc_to_page(vpn + 3)).toBe(-1);
    expect(bench.objects('page_array')).toBe(1);
  });

  it('can be sent to the module range', () => {
    const bench = new Bench(undefined, { modulesPages: 8 });
    const { kernel } = bench;
    const [start, end] = kernel.rangeOf('modules');
    expect(bench.run(kernel.__vmalloc_node_range(2, 1, start, end, 0))).toBe(MODULES_VPN);
    expect(bench.run(kernel.__vmalloc_node_range(5, 1, start, end, 0))).toBe(NULL);
  });

  it('is NULL for no pages, with a warning, and for more than there is RAM', () => {
    const bench = new Bench(undefined, { ramPages: 4 });
    expect(bench.vmalloc(5)).toBe(NULL);
    expect(bench.kernel.warning).toBeNull();
    expect(bench.vmalloc(0)).toBe(NULL);
    expect(bench.kernel.warning).toContain('!size');
    expect(bench.kernel.tracepointCounts.size).toBe(0);
  });

  it('keeps its area marked as uninitialized until all of it is mapped', () => {
    const bench = new Bench();
    const { kernel } = bench;
    kernel.interleaved = true;
    const marked = (): boolean[] => {
      const flags: boolean[] = [];
      kernel.forEachBusy(({ vm }) => flags.push(((vm?.flags ?? 0) & VM_UNINITIALIZED) !== 0));
      return flags;
    };
    const run = kernel.__vmalloc_node_range(2, 1, 0, 64, 0);
    let result = run.next();
    while (!result.done && result.value.kind !== 'pte') result = run.next();
    expect(marked()).toEqual([true]);
    while (!result.done) result = run.next();
    expect(marked()).toEqual([false]);
  });
});

describe('vm_area_alloc_pages', () => {
  it('asks for 100 pages at a time', () => {
    const bench = new Bench(undefined, BIG);
    const requests: number[] = [];
    bench.outOfMemory((nth) => {
      requests.push(nth);
      return false;
    });
    bench.kernel.vm_area_alloc_pages(250, []);
    expect(requests).toHaveLength(3);
  });

  it('asks page by page for what the bulk allocator did not give', () => {
    const bench = new Bench(undefined, BIG);
    const pages: number[] = [];
    bench.outOfMemory((nth) => nth === 2 || nth === 5);
    bench.kernel.vm_area_alloc_pages(250, pages);
    // 100 in bulk, no second bulk, then two single pages, then none.
    expect(pages).toHaveLength(102);
  });
});

describe('a vmalloc that fails', () => {
  it.each([
    [1, 'a vm_struct', []],
    [2, 'an area', []],
    [4, 'a page array', ['clear 0-4']],
    [6, 'a page table', ['clear 0-4']],
  ])('at allocation %i, for %s, gives everything back', (failing, _what, unmapped) => {
    const bench = new Bench();
    bench.outOfMemory((nth) => nth === failing);
    expect(bench.vmalloc(3)).toBe(NULL);
    const events = bench.events();
    expect(events.filter((line) => line.startsWith('clear'))).toEqual(unmapped);
    expect(framesKept(events)).toBe(0);
    expectNothingLeft(bench);
  });

  it('with a part of its pages frees that part', () => {
    const bench = new Bench(undefined, { ramPages: 10 });
    const kept = bench.vmalloc(6);
    bench.events();
    expect(bench.vmalloc(8)).toBe(NULL);
    const events = bench.events();
    expect(events.filter((line) => line.startsWith('allocate')).length).toBeGreaterThan(0);
    expect(framesKept(events)).toBe(0);
    bench.vfree(kept);
    expectNothingLeft(bench);
  });

  it('with VM_FLUSH_RESET_PERMS and no page at all flushes no direct map', () => {
    const bench = new Bench();
    // 4: the page array, 5: the bulk request, 6: the single page.
    bench.outOfMemory((nth) => nth === 5 || nth === 6);
    expect(bench.vmalloc(3, VM_FLUSH_RESET_PERMS)).toBe(NULL);
    expect(bench.events()).toEqual(['clear 0-4', 'flush 0-4']);
    expectNothingLeft(bench);
  });
});

describe('the page array', () => {
  it('of 512 pages is kmalloced, of one more is vmalloced itself', () => {
    const bench = new Bench(undefined, BIG);
    bench.vmalloc(512);
    expect(bench.events().filter((line) => line.startsWith('inner'))).toEqual([]);
    const vpn = bench.vmalloc(513);
    const [inner] = bench.events().filter((line) => line.startsWith('inner'));
    expect(inner).toBe(`inner ${vpn + 514}-${vpn + 516}`);
    bench.vfree(vpn);
    expect(bench.events().filter((line) => line.startsWith('inner'))).toEqual([
      `inner free of ${vpn + 514} begins`,
      `inner free of ${vpn + 514} returned`,
    ]);
    expect(bench.state().busy).toHaveLength(3);
    expect([bench.objects('page_array'), bench.objects('vm_struct')]).toEqual([1, 1]);
  });

  it('that cannot be vmalloced takes the area with it', () => {
    const bench = new Bench(undefined, BIG);
    // 1 to 3: vm_struct, area and spare of the vmalloc, 4: the vm_struct of its page array.
    bench.outOfMemory((nth) => nth === 4);
    expect(bench.vmalloc(513)).toBe(NULL);
    expectNothingLeft(bench);
  });
});

describe('vfree', () => {
  it('unmaps first, gives the frames back then, and flushes nothing', () => {
    const bench = new Bench();
    const vpn = bench.vmalloc(2);
    const [a, b] = framesOf(bench, vpn);
    bench.events();
    bench.vfree(vpn);
    expect(bench.events()).toEqual(['clear 0-3', `free frame ${a}`, `free frame ${b}`]);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 3] });
    expectNothingLeft(bench);
  });

  it('warns of an address without an area', () => {
    const bench = new Bench();
    bench.vfree(7);
    expect(bench.kernel.warning).toContain('nonexistent vm area');
    expect(bench.events()).toEqual([]);
  });

  it('flushes area and direct map in one hull before it frees what resets permissions', () => {
    const bench = new Bench();
    const vpn = bench.vmalloc(2, VM_FLUSH_RESET_PERMS);
    const [a = 0, b = 0] = framesOf(bench, vpn);
    bench.events();
    bench.vfree(vpn);
    expect(bench.events()).toEqual([
      'clear 0-3',
      `direct map ${a} invalid`,
      `direct map ${b} invalid`,
      `flush ${DIRECT_MAP_VPN + Math.min(a, b)}-3`,
      `direct map ${a} default`,
      `direct map ${b} default`,
      `free frame ${a}`,
      `free frame ${b}`,
    ]);
  });

  it('leaves no stale translation of a direct map that was read-only', () => {
    const bench = new Bench();
    const vpn = bench.vmalloc(2, VM_FLUSH_RESET_PERMS);
    const [a = 0] = framesOf(bench, vpn);
    bench.run(bench.kernel.set_memory_ro(vpn));
    bench.vfree(vpn);
    const at = DIRECT_MAP_VPN + a;
    expect(bench.kernel.hardware.directMapPerm(a)).toBe(0);
    expect(bench.kernel.hardware.staleTlb.countStale(at, at + 2)).toBe(0);
  });
});

describe('vm_reset_perms', () => {
  it('of an area without pages flushes no direct map', () => {
    const bench = new Bench();
    bench.run(bench.kernel.vm_reset_perms(new VmStruct()));
    expect(bench.events()).toEqual([]);
  });
});

describe('vunmap', () => {
  it('of an area that resets permissions flushes aliases, in v6.1', () => {
    const bench = new Bench();
    const vpn = bench.vmalloc(2, VM_FLUSH_RESET_PERMS);
    bench.events();
    bench.run(bench.kernel.vunmap(vpn));
    expect(bench.events()).toEqual(['clear 0-3', 'flush 0-3']);
  });

  it('leaves the frames to their owner', () => {
    const bench = new Bench();
    const vpn = bench.vmap(2);
    bench.events();
    bench.run(bench.kernel.vunmap(vpn));
    expect(bench.events()).toEqual(['clear 0-3']);
    expectNothingLeft(bench);
  });
});

describe('vfree_atomic', () => {
  it('frees nothing before its work runs, and then the latest first', () => {
    const bench = new Bench();
    const [a, b] = [bench.vmalloc(1), bench.vmalloc(1)];
    bench.events();
    bench.run(bench.kernel.vfree_atomic(a));
    bench.run(bench.kernel.vfree_atomic(b));
    expect(bench.events()).toEqual([]);
    expect(bench.kernel.pendingWork).toHaveLength(1);
    bench.run(bench.kernel.runPendingWork());
    const freed = bench.events().filter((line) => line.startsWith('inner'));
    expect(freed).toEqual([
      `inner free of ${b} begins`,
      `inner free of ${b} returned`,
      `inner free of ${a} begins`,
      `inner free of ${a} returned`,
    ]);
    expectNothingLeft(bench);
  });

  it('has a list and a work item for each CPU', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const [a, b] = [bench.vmalloc(1), bench.vmalloc(1)];
    kernel.current.cpu = 1;
    bench.run(kernel.vfree_atomic(a));
    kernel.current.cpu = 0;
    bench.run(kernel.vfree_atomic(b));
    expect(kernel.pendingWork.map(({ cpu }) => cpu)).toEqual([1, 0]);
  });

  it('asks for its work again after it has run', () => {
    const bench = new Bench();
    for (let round = 0; round < 2; round++) {
      bench.run(bench.kernel.vfree_atomic(bench.vmalloc(1)));
      expect(bench.kernel.pendingWork).toHaveLength(1);
      bench.run(bench.kernel.runPendingWork());
    }
    expectNothingLeft(bench);
  });

  it('writes to the area, so it oopses where nothing is mapped', () => {
    const bench = new Bench();
    expect(() => bench.run(bench.kernel.vfree_atomic(7))).toThrow(KernelOops);
  });
});
