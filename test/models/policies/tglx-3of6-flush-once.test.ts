import { expect, it } from 'vitest';
import { flushOnce } from '../../../models/policies/tglx-3of6-flush-once.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

/** Two regions of a block are freed, one after the other, vm_unmap_aliases() after each. */
it('each dirty page is flushed once', () => {
  const flushes = [withoutPatch(flushOnce), withPatch(flushOnce)].map((Base) => {
    const bench = new Bench(Base, { vmapBbmapBits: 8 });
    const [a, , c] = [bench.map(1), bench.map(1), bench.map(1)];
    bench.events();
    bench.unmap(a, 1);
    bench.aliases();
    bench.unmap(c, 1);
    bench.aliases();
    bench.aliases();
    return bench.events().filter((line) => line.startsWith('flush'));
  });
  expect(flushes).toEqual([
    ['flush 0-1', 'flush 0-3', 'flush 0-3'],
    ['flush 0-1', 'flush 2-3'],
  ]);
});

it('dirty pages that were flushed still count as dirty', () => {
  const bench = new Bench(withPatch(flushOnce));
  const [a, b] = [bench.map(2), bench.map(2)];
  bench.unmap(a, 2);
  bench.aliases();
  expect(bench.state().blocks).toEqual([0, 0, 2, 4, 0, 0, -1]);
  bench.unmap(b, 2);
  expect(bench.state()).toMatchObject({ blocks: [], lazy: [0, 4] });
});
