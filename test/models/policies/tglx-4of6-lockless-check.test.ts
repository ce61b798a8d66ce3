import { expect, it } from 'vitest';
import { locklessCheck } from '../../../models/policies/tglx-4of6-lockless-check.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

it('vb_alloc takes the lock of a block with room only', () => {
  const locked = [withoutPatch(locklessCheck), withPatch(locklessCheck)].map((Base) => {
    const bench = new Bench(Base);
    const { kernel } = bench;
    bench.map(2);
    bench.map(1); // one page is left: no room for 2
    kernel.interleaved = true;
    const run = kernel.vb_alloc(2);
    let locks = 0;
    let result = run.next();
    for (; !result.done; result = run.next()) {
      if (result.value.kind === 'lock' && result.value.label === 'vb->lock') locks++;
    }
    return [locks, result.value];
  });
  expect(locked).toEqual([
    [1, 4],
    [0, 4],
  ]);
});

it('vb_alloc looks again under the lock, and fills a block to its last page', () => {
  const bench = new Bench(withPatch(locklessCheck));
  const { kernel } = bench;
  bench.map(2);
  kernel.interleaved = true;
  const run = kernel.vb_alloc(2);
  let result = run.next();
  while (!result.done && result.value.label !== 'vb->lock') result = run.next();
  // Somebody else takes a page between the look and the lock.
  kernel.forEachBlock((vb) => {
    vb.free -= 1;
  });
  while (!result.done) result = run.next();
  expect(result.value).toBe(4);
  kernel.interleaved = false;
  expect(bench.map(1)).toBe(3);
});
