import { describe, expect, it } from 'vitest';
import { keepUsable } from '../../../models/policies/tglx-6of6-keep-usable.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

/** Blocks of 8 pages: a quarter is 2. */
const EIGHT = { vmapBbmapBits: 8, vmapMaxAlloc: 4 };

/** How many blocks vm_unmap_aliases() leaves of one with this many pages free, all others freed. */
function blocksLeft(bench: Bench, free: number): number {
  const regions = Array.from({ length: 8 - free }, () => bench.map(1));
  for (const vpn of regions) bench.unmap(vpn, 1);
  bench.aliases();
  return bench.state().blocks.length / 7;
}

describe('vm_unmap_aliases', () => {
  it.each([
    [1, 0, 0],
    [2, 0, 1],
    [7, 0, 1],
  ])('with %i of 8 pages free leaves %i blocks, and %i with the patch', (free, old, now) => {
    expect(blocksLeft(new Bench(withoutPatch(keepUsable), EIGHT), free)).toBe(old);
    expect(blocksLeft(new Bench(withPatch(keepUsable), EIGHT), free)).toBe(now);
  });

  it('flushes only the dirty range of a block it keeps', () => {
    const bench = new Bench(withPatch(keepUsable), EIGHT);
    bench.unmap(bench.map(2), 2);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 0-2']);
    expect(bench.map(1)).toBe(2);
  });
});

it('an allocation that finds no room throws usable blocks away all the same', () => {
  const bench = new Bench(withPatch(keepUsable), EIGHT);
  bench.unmap(bench.map(1), 1);
  bench.aliases();
  expect(bench.vmalloc(63)).toBe(0);
  expect(bench.state().blocks).toEqual([]);
});
