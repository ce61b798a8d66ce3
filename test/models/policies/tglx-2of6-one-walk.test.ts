import { describe, expect, it } from 'vitest';
import { Task } from '../../../models/kernel/locks.ts';
import { runStepped } from '../../../models/kernel/point.ts';
import { oneWalk } from '../../../models/policies/tglx-2of6-one-walk.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

describe('vm_unmap_aliases', () => {
  it('looks at blocks under vmap_purge_lock, where it collected them without', () => {
    const held = [withoutPatch(oneWalk), withPatch(oneWalk)].map((Base) => {
      const bench = new Bench(Base);
      const { kernel } = bench;
      bench.map(1);
      kernel.interleaved = true;
      const run = kernel.vm_unmap_aliases();
      for (let result = run.next(); !result.done; result = run.next()) {
        if (result.value.label === 'vb->lock') return kernel.vmap_purge_lock.owner !== null;
      }
      return null;
    });
    expect(held).toEqual([false, true]);
  });

  it('flushes dirty ranges and blocks thrown away in one hull, as before', () => {
    const [old, now] = [withoutPatch(oneWalk), withPatch(oneWalk)].map((Base) => {
      const bench = new Bench(Base);
      bench.map(1);
      bench.unmap(bench.map(1), 1); // block 0 stays
      bench.map(2);
      bench.kernel.current.cpu = 1;
      bench.unmap(bench.map(1), 1); // block 4 goes
      bench.events();
      bench.aliases();
      const { blocks, lazy } = bench.state();
      return { events: bench.events().filter((line) => line.startsWith('flush')), blocks, lazy };
    });
    expect(now?.events).toEqual(['flush 1-8']);
    expect(now).toEqual(old);
  });

  it("takes the lock of the index's CPU for a block on another CPU's list", () => {
    const bench = new Bench(withPatch(oneWalk));
    bench.kernel.current.cpu = 1;
    bench.unmap(bench.map(1), 1); // at page 0, so in the index of cpu0
    bench.events();
    bench.aliases();
    const text = "list: a block leaves cpu1's free list without that list's lock";
    expect(bench.events()).toEqual([text, 'flush 0-4']);
  });

  it('leaves a block alone that is all dirty and about to be freed by another task', () => {
    const bench = new Bench(withPatch(oneWalk));
    const { kernel } = bench;
    const [a, b] = [bench.map(2), bench.map(2)];
    bench.unmap(a, 2);
    kernel.interleaved = true;
    const freeing = kernel.vb_free(b, 2);
    let result = freeing.next();
    while (!result.done && result.value.label !== 'xa_lock') result = freeing.next();
    const first = kernel.current;
    kernel.current = new Task('other', 1);
    runStepped(kernel.vm_unmap_aliases());
    expect(bench.state().blocks).toHaveLength(7);
    kernel.current = first;
    while (!result.done) result = freeing.next();
    expect(bench.state()).toMatchObject({ blocks: [], lazy: [0, 4] });
  });

  it('still complains where it must not sleep', () => {
    const bench = new Bench(withPatch(oneWalk));
    bench.kernel.rcu_read_lock();
    bench.aliases();
    expect(bench.events()[0]).toContain('sleeping in atomic context');
  });
});
