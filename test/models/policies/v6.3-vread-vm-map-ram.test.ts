import { describe, expect, it } from 'vitest';
import { CALLER_PFN } from '../../../models/hardware/machine.ts';
import { VM_UNINITIALIZED } from '../../../models/kernel/vm-flags.ts';
import { vreadVmMapRam } from '../../../models/policies/v6.3-vread-vm-map-ram.ts';
import { Bench, callerFrames } from '../kernel/bench.ts';
import { withPatch } from './patched.ts';

/** A kernel with blocks of 16 pages. */
function patched(): Bench {
  return new Bench(withPatch(vreadVmMapRam), { vmapBbmapBits: 16, vmapMaxAlloc: 8 });
}

/** What vread returns; frames of callers as 1 and following. */
function vread(bench: Bench, vpn: number, pages: number): number[] {
  const values = bench.run(bench.kernel.vread(vpn, pages));
  return values.map((pfn) => (pfn >= CALLER_PFN ? pfn - CALLER_PFN + 1 : pfn));
}

describe('vread of a block', () => {
  it('reads regions in use, and zeroes between and behind them', () => {
    const bench = patched();
    bench.map(2);
    const gap = bench.map(2);
    bench.map(2);
    bench.unmap(gap, 2);
    expect(vread(bench, 0, 8)).toEqual([1, 2, 0, 0, 1, 2, 0, 0]);
  });

  it('reads zeroes from a block of which nothing is in use', () => {
    const bench = patched();
    bench.unmap(bench.map(2), 2);
    expect(vread(bench, 0, 3)).toEqual([0, 0, 0]);
  });

  it('reads zeroes from a hole into a region', () => {
    const bench = patched();
    bench.unmap(bench.map(2), 2);
    bench.map(2);
    expect(vread(bench, 1, 2)).toEqual([0, 1]);
  });

  // As the C code does: vmap_ram_vread_iter() takes the first page of a region for the one asked.
  it('reads the first page of a region whichever was asked for', () => {
    const bench = patched();
    bench.map(2);
    expect(vread(bench, 1, 1)).toEqual([1]);
  });

  // As the C code does: n is one page more than the region has.
  it('reads one page more than a region has', () => {
    const bench = patched();
    bench.map(1);
    const gap = bench.map(1);
    bench.map(2);
    bench.unmap(gap, 1);
    [...bench.kernel.vmap_pages_range(gap, 1, [77])];
    expect(vread(bench, 0, 4)).toEqual([1, 77, 1, 2]);
  });
});

describe('vread of other areas', () => {
  it('reads a large vm_map_ram area page by page, from wherever it is asked', () => {
    const bench = patched();
    const vpn = bench.map(9);
    expect(vread(bench, vpn + 3, 2)).toEqual([4, 5]);
  });

  it('reads a vmap without its guard page, and the area behind it', () => {
    const bench = patched();
    bench.vmap(2);
    bench.vmap(1);
    expect(vread(bench, 1, 4)).toEqual([2, 0, 1, 0]);
  });

  it('reads I/O memory, and an area that is not initialized yet, as zeroes', () => {
    const bench = patched();
    const { kernel } = bench;
    const io = bench.run(kernel.ioremap(callerFrames(1), 1));
    const vpn = bench.vmap(1);
    const area = bench.run(kernel.find_vm_area(vpn));
    if (area !== null) area.flags |= VM_UNINITIALIZED;
    expect(vread(bench, io, 4)).toEqual([0, 0, 0, 0]);
    if (area !== null) area.flags &= ~VM_UNINITIALIZED;
    expect(vread(bench, io, 4)).toEqual([0, 0, 1, 0]);
  });

  it('returns zeroes, not nothing, where there is no area', () => {
    expect(vread(patched(), 5, 3)).toEqual([0, 0, 0]);
  });

  it('skips an area that has neither flags nor a vm_struct yet', () => {
    const bench = patched();
    bench.run(bench.kernel.alloc_vmap_area(2, 1, 0, 64));
    [...bench.kernel.vmap_pages_range(0, 2, [77, 78])];
    bench.vmap(1);
    expect(vread(bench, 0, 4)).toEqual([0, 0, 1, 0]);
  });
});
