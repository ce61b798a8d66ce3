import { describe, expect, it } from 'vitest';
import { KernelOops } from '../../../models/kernel/oops.ts';
import { perCpuXarray } from '../../../models/policies/v6.4-per-cpu-xarray.ts';
import { Bench } from '../kernel/bench.ts';
import { withPatch } from './patched.ts';

/** The first pages of the blocks in each CPU's index. */
function indexes(bench: Bench): number[][] {
  const { kernel } = bench;
  return kernel.blockIndexes().map((index) => {
    const found: number[] = [];
    kernel.forEachBlock(({ va }) => {
      if (kernel.addr_to_vb_xa(va.va_start) === index) found.push(va.va_start);
    });
    return found;
  });
}

describe('the index of a block', () => {
  it('goes by its address, not by the CPU that allocated it', () => {
    const bench = new Bench(withPatch(perCpuXarray));
    for (let i = 0; i < 3; i++) {
      bench.map(2);
      bench.map(2);
    }
    expect(indexes(bench)).toEqual([[0, 8], [4]]);
  });

  it('is found again when a region of the block is freed', () => {
    const bench = new Bench(withPatch(perCpuXarray));
    const regions = [1, 2, 3, 4].map(() => bench.map(2));
    for (const vpn of regions) bench.unmap(vpn, 2);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 8], blocks: [] });
  });

  it('is that of a CPU which cannot be, with holes in the mask', () => {
    const bench = new Bench(withPatch(perCpuXarray), { possibleCpus: [0, 2], onlineCpus: [0, 2] });
    bench.map(2);
    bench.map(2);
    expect(() => bench.map(2)).toThrow(KernelOops);
  });
});
