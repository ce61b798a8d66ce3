import { describe, expect, it } from 'vitest';
import { CALLER_PFN } from '../../../models/hardware/machine.ts';
import { NULL } from '../../../models/kernel/err.ts';
import { VM_ALLOC } from '../../../models/kernel/vm-flags.ts';
import { Bench, callerFrames } from './bench.ts';

/** What vread returns; frames of callers as 1 and following. */
function vread(bench: Bench, vpn: number, pages: number): number[] {
  const values = bench.run(bench.kernel.vread(vpn, pages));
  return values.map((pfn) => (pfn >= CALLER_PFN ? pfn - CALLER_PFN + 1 : pfn));
}

/** Areas at pages 2-4 and 8-10, each with a guard page behind it, and holes before and between. */
function twoAreas(): Bench {
  const bench = new Bench();
  const { kernel } = bench;
  const hole = bench.run(kernel.get_vm_area(1, VM_ALLOC));
  bench.vmap(2);
  const between = bench.run(kernel.get_vm_area(2, VM_ALLOC));
  bench.vmap(2);
  for (const area of [hole, between]) if (area !== null) bench.run(kernel.free_vm_area(area));
  return bench;
}

describe('vread', () => {
  it.each([
    ['an area', 2, 2, [1, 2]],
    ['from the middle of an area', 3, 1, [2]],
    ['a part of an area', 2, 1, [1]],
    ['over a guard page', 2, 3, [1, 2, 0]],
    ['from a hole into an area', 0, 3, [0, 0, 1]],
    ['over a hole between two areas', 3, 7, [2, 0, 0, 0, 0, 1, 2]],
    ['beyond the last area', 9, 4, [2, 0, 0, 0]],
    ['a hole before an area', 0, 2, []],
    ['behind everything', 12, 3, []],
  ])('reads %s', (_what, vpn, pages, expected) => {
    expect(vread(twoAreas(), vpn, pages)).toEqual(expected);
  });

  it('reads I/O memory as zeroes', () => {
    const bench = new Bench();
    expect(bench.run(bench.kernel.ioremap(callerFrames(2), 2))).not.toBe(NULL);
    expect(vread(bench, 0, 2)).toEqual([0, 0]);
  });

  it('reads an area that nothing is mapped in as zeroes', () => {
    const bench = new Bench();
    bench.run(bench.kernel.get_vm_area(2, VM_ALLOC));
    expect(vread(bench, 0, 2)).toEqual([0, 0]);
  });

  it('passes over what vm_map_ram mapped, in v6.1', () => {
    const bench = new Bench();
    expect(bench.map(5)).toBe(0);
    expect(vread(bench, 0, 2)).toEqual([]);
    bench.vmap(1);
    expect(vread(bench, 4, 2)).toEqual([0, 1]);
  });

  it('misses an area that is lazy', () => {
    const bench = new Bench();
    bench.run(bench.kernel.vunmap(bench.vmap(2)));
    expect(vread(bench, 0, 2)).toEqual([]);
  });
});
