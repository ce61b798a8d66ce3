import { expect, it } from 'vitest';
import { allBlocks } from '../../../models/policies/tglx-1of6-all-blocks.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

it('vm_unmap_aliases flushes the dirty pages of a block that is used up', () => {
  const flushes = [withoutPatch(allBlocks), withPatch(allBlocks)].map((Base) => {
    const bench = new Bench(Base);
    bench.map(2);
    bench.unmap(bench.map(2), 2);
    bench.events();
    bench.aliases();
    return bench.events();
  });
  expect(flushes).toEqual([[], ['flush 2-4']]);
});

it('vm_unmap_aliases flushes the blocks in the index of every CPU in one hull', () => {
  const bench = new Bench(withPatch(allBlocks));
  for (let block = 0; block < 3; block++) {
    bench.map(2);
    bench.unmap(bench.map(2), 2);
  }
  bench.events();
  bench.aliases();
  expect(bench.events()).toEqual(['flush 2-12']);
});
