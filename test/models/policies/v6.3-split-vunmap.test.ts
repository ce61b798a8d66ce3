import { describe, expect, it } from 'vitest';
import { VM_FLUSH_RESET_PERMS } from '../../../models/kernel/vm-flags.ts';
import { splitVunmap } from '../../../models/policies/v6.3-split-vunmap.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

describe('vunmap', () => {
  it('of an area that resets permissions flushes no more', () => {
    const flushes = [withoutPatch(splitVunmap), withPatch(splitVunmap)].map((Base) => {
      const bench = new Bench(Base);
      bench.run(bench.kernel.vunmap(bench.vmalloc(2, VM_FLUSH_RESET_PERMS)));
      return bench.events().filter((line) => line.startsWith('flush'));
    });
    expect(flushes).toEqual([['flush 0-3'], []]);
  });

  it('says what it was asked to do where there is no area', () => {
    const bench = new Bench(withPatch(splitVunmap));
    bench.run(bench.kernel.vunmap(7));
    expect(bench.kernel.warning).toContain('Trying to vunmap() nonexistent');
    bench.vfree(7);
    expect(bench.kernel.warning).toContain('Trying to vfree() nonexistent');
  });

  it('leaves the frames to their owner and nothing else behind', () => {
    const bench = new Bench(withPatch(splitVunmap));
    bench.run(bench.kernel.vunmap(bench.vmap(2)));
    expect(bench.events()).toEqual(['set 0-2', 'clear 0-3']);
    expect(bench.objects('vm_struct')).toBe(0);
  });
});

describe('vfree', () => {
  it.each([
    ['plain', 0],
    ['VM_FLUSH_RESET_PERMS', VM_FLUSH_RESET_PERMS],
  ])('does the same as before, in the same order (%s)', (_what, flags) => {
    const [old, now] = [withoutPatch(splitVunmap), withPatch(splitVunmap)].map((Base) => {
      const bench = new Bench(Base);
      bench.vfree(bench.vmalloc(3, flags));
      const { objects, busy, lazy } = bench.state();
      return { events: bench.events(), objects, busy, lazy };
    });
    expect(now?.events).toContain('clear 0-4');
    expect(now).toEqual(old);
  });

  it('frees what vfree_atomic put aside', () => {
    const bench = new Bench(withPatch(splitVunmap));
    bench.run(bench.kernel.vfree_atomic(bench.vmalloc(2)));
    bench.run(bench.kernel.runPendingWork());
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 3] });
    expect(bench.objects('page_array')).toBe(0);
  });

  it('gives back what a vmalloc got before it failed', () => {
    const bench = new Bench(withPatch(splitVunmap), { ramPages: 10 });
    bench.vmalloc(6);
    bench.events();
    bench.vmalloc(8);
    const events = bench.events().filter((line) => line.includes('frame'));
    expect(events.length).toBeGreaterThan(0);
    const freed = events.filter((line) => line.startsWith('free')).map((line) => line.slice(5));
    expect(events.slice(0, events.length / 2).map((line) => line.slice(9))).toEqual(freed);
  });
});
