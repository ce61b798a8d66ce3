import { describe, expect, it } from 'vitest';
import { CALLER_PFN } from '../../../models/hardware/machine.ts';
import { ENOMEM } from '../../../models/kernel/err.ts';
import { KernelBug } from '../../../models/kernel/oops.ts';
import type { Run, Step } from '../../../models/kernel/point.ts';
import { Bench, callerFrames } from './bench.ts';

function* finish<T>(step: Step<T>): Run<T> {
  return yield* step;
}

/** Pages that one page table maps. */
const TABLE = 512;

function mapPages(bench: Bench, vpn: number, pages: number): number {
  return bench.run(finish(bench.kernel.vmap_pages_range(vpn, pages, callerFrames(pages))));
}

describe('vmap_pages_range', () => {
  it('maps the frames in their order, over the border of a page table too', () => {
    const bench = new Bench();
    expect(mapPages(bench, TABLE - 2, 4)).toBe(0);
    const mapped = [-3, -2, -1, 0, 1, 2].map((at) => bench.kernel.vmalloc_to_page(TABLE + at));
    expect(mapped.map((pfn) => (pfn < 0 ? null : pfn - CALLER_PFN))).toEqual([
      null,
      0,
      1,
      2,
      3,
      null,
    ]);
  });

  it('stops at the page table it has no memory for', () => {
    const bench = new Bench();
    bench.outOfMemory((nth) => nth === 2);
    expect(mapPages(bench, TABLE - 2, 4)).toBe(ENOMEM);
    expect(bench.events()).toEqual([`set ${TABLE - 2}-${TABLE}`]);
  });

  it('stops with a warning at a page that is mapped already', () => {
    const bench = new Bench();
    mapPages(bench, 5, 1);
    bench.events();
    expect(mapPages(bench, 3, 4)).toBe(ENOMEM);
    expect(bench.kernel.warning).toContain('the PTE is not none');
    expect(bench.events()).toEqual(['set 3-5']);
  });

  it('keeps a page table for ever', () => {
    const bench = new Bench();
    mapPages(bench, 0, 1);
    mapPages(bench, TABLE, 1);
    bench.run(finish(bench.kernel.vunmap_range_noflush(0, 1)));
    bench.outOfMemory(() => true);
    expect(mapPages(bench, 0, 1)).toBe(0);
  });

  it('is a BUG() for an empty range', () => {
    expect(() => mapPages(new Bench(), 0, 0)).toThrow(KernelBug);
  });
});

describe('vunmap_range_noflush', () => {
  it('clears and does not flush', () => {
    const bench = new Bench();
    mapPages(bench, 0, 2);
    bench.events();
    bench.run(finish(bench.kernel.vunmap_range_noflush(0, 2)));
    expect(bench.events()).toEqual(['clear 0-2']);
    expect(bench.kernel.vmalloc_to_page(0)).toBe(-1);
    expect(bench.kernel.hardware.staleTlb.countStale(0, 2)).toBe(2);
  });

  it('is a BUG() for an empty range', () => {
    const bench = new Bench();
    expect(() => bench.kernel.vunmap_range_noflush(3, 3)).toThrow(KernelBug);
  });
});

describe('flush_tlb_kernel_range', () => {
  it('reaches every online CPU', () => {
    const bench = new Bench();
    mapPages(bench, 0, 2);
    bench.run(finish(bench.kernel.vunmap_range_noflush(0, 2)));
    bench.run(finish(bench.kernel.flush_tlb_kernel_range(0, 1)));
    const { staleTlb } = bench.kernel.hardware;
    expect([staleTlb.firstStaleOn(0, 0, 2), staleTlb.firstStaleOn(1, 0, 2)]).toEqual([1, 1]);
  });

  it('goes CPU by CPU, each with its own range while another flush begins', () => {
    const bench = new Bench();
    const { kernel } = bench;
    mapPages(bench, 0, 8);
    bench.run(finish(kernel.vunmap_range_noflush(0, 8)));
    kernel.interleaved = true;
    const first = kernel.flush_tlb_kernel_range(0, 4)[Symbol.iterator]();
    first.next(); // stopped before cpu0
    first.next(); // stopped before cpu1
    const { staleTlb } = kernel.hardware;
    expect([staleTlb.firstStaleOn(0, 0, 8), staleTlb.firstStaleOn(1, 0, 8)]).toEqual([4, 0]);
    const second = kernel.flush_tlb_kernel_range(6, 8)[Symbol.iterator]();
    second.next();
    first.next();
    expect(staleTlb.firstStaleOn(1, 0, 8)).toBe(4);
  });
});

describe('alloc_page', () => {
  it('fails when RAM is out, and when it is told to', () => {
    const { kernel } = new Bench(undefined, { ramPages: 1 });
    kernel.failAllocation(1);
    expect(kernel.alloc_page()).toBe(-1);
    const pfn = kernel.alloc_page();
    expect(pfn).toBeGreaterThanOrEqual(0);
    expect(kernel.alloc_page()).toBe(-1);
    kernel.__free_page(pfn);
    expect(kernel.alloc_page()).toBe(pfn);
  });
});
