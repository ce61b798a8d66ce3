import { describe, expect, it } from 'vitest';
import { KernelBug, KernelOops } from '../../../models/kernel/oops.ts';
import { find_next_bit, find_next_zero_bit } from '../../../models/kernel/structures/bitmap.ts';
import { usedMap } from '../../../models/policies/v6.3-used-map.ts';
import { Bench } from '../kernel/bench.ts';
import { withPatch } from './patched.ts';

/** Blocks of 16 pages for regions of up to 8. */
function bench16(): Bench {
  return new Bench(withPatch(usedMap), { vmapBbmapBits: 16, vmapMaxAlloc: 8 });
}

/** The pages in use of the block at page 0, as ranges. */
function used(bench: Bench): string {
  const ranges: string[] = [];
  bench.kernel.forEachBlock(({ used_map, va }) => {
    if (used_map === null || va.va_start !== 0) return;
    for (let end = 0, start = 0; ; ) {
      start = find_next_bit(used_map, 16, end);
      if (start === 16) return;
      end = find_next_zero_bit(used_map, 16, start);
      ranges.push(`${start}-${end}`);
    }
  });
  return ranges.join(' ');
}

describe('used_map', () => {
  it('has the pages that are handed out, in powers of two', () => {
    const bench = bench16();
    const [a, b] = [bench.map(3), bench.map(1)];
    bench.map(2);
    expect(used(bench)).toBe('0-7');
    bench.unmap(b, 1);
    expect(used(bench)).toBe('0-4 5-7');
    bench.unmap(a, 3);
    expect(used(bench)).toBe('5-7');
  });

  it('is cleared under the lock of the block, before the pages are unmapped', () => {
    const bench = bench16();
    const { kernel } = bench;
    const vpn = bench.map(2);
    bench.map(1);
    kernel.interleaved = true;
    const run = kernel.vb_free(vpn, 2);
    const seen: string[] = [];
    for (let result = run.next(); !result.done; result = run.next()) {
      const { kind } = result.value;
      const isMapped = kernel.vmalloc_to_page(vpn) >= 0;
      if (kind === 'pte' || kind === 'unlock') seen.push(`${kind}: ${used(bench)}, ${isMapped}`);
    }
    expect(seen).toEqual(['unlock: 2-3, true', 'pte: 2-3, true', 'unlock: 2-3, false']);
  });
});

describe('vb_free', () => {
  it('does to the block what it did before', () => {
    const bench = bench16();
    const a = bench.map(3);
    bench.map(1);
    bench.unmap(a, 3);
    expect(bench.state().blocks).toEqual([0, 11, 4, 0, 4, 0, 0]);
  });

  it('oopses at an address without a block before it unmaps anything', () => {
    const bench = bench16();
    expect(() => bench.run(bench.kernel.vb_free(8, 1))).toThrow(KernelOops);
    expect(bench.events()).toEqual([]);
  });

  it('oopses where the size reaches behind used_map, and is a BUG() for a size of 0', () => {
    const bench = new Bench(withPatch(usedMap), {
      vmapBbmapBits: 64,
      vmapMaxAlloc: 32,
      vmallocPages: 256,
    });
    const regions = Array.from({ length: 64 }, () => bench.map(1));
    const last = regions.at(-1) ?? 0;
    expect(() => bench.unmap(last, 32)).toThrow(KernelOops);
    expect(() => new Bench(withPatch(usedMap)).unmap(0, 0)).toThrow(KernelOops);
    const other = new Bench(withPatch(usedMap));
    expect(() => other.unmap(other.map(1), 0)).toThrow(KernelBug);
  });
});
