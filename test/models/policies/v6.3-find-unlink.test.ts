import { describe, expect, it } from 'vitest';
import { KernelBug } from '../../../models/kernel/oops.ts';
import { type Run, runStepped } from '../../../models/kernel/point.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import { findUnlink } from '../../../models/policies/v6.3-find-unlink.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

/** Whether the area at page 0 is found while its pages are being unmapped. */
function foundWhileUnmapped(bench: Bench, free: () => Run<unknown>): boolean {
  const { kernel } = bench;
  kernel.interleaved = true;
  const run = free();
  let result = run.next();
  while (!result.done && result.value.kind !== 'pte') result = run.next();
  expect(result.done).toBe(false);
  return runStepped(kernel.find_vmap_area(0)) !== null;
}

describe.each([
  ['vfree', (bench: Bench) => bench.vmalloc(5), (bench: Bench) => bench.kernel.vfree(0)],
  [
    'vm_unmap_ram',
    (bench: Bench) => bench.map(5),
    (bench: Bench) => bench.kernel.vm_unmap_ram(0, 5),
  ],
])('%s', (_name, allocate, free) => {
  it('takes the area out of the busy ones before it is unmapped', () => {
    const [old, now] = [new Bench(withoutPatch(findUnlink)), new Bench(withPatch(findUnlink))];
    for (const bench of [old, now]) expect(allocate(bench)).toBe(0);
    expect(foundWhileUnmapped(old, () => free(old))).toBe(true);
    expect(foundWhileUnmapped(now, () => free(now))).toBe(false);
  });
});

describe('vm_unmap_ram', () => {
  it('warns of an area that is gone, where it was a BUG()', () => {
    const old = new Bench(withoutPatch(findUnlink));
    expect(() => old.unmap(8, 5)).toThrow(KernelBug);
    const now = new Bench(withPatch(findUnlink));
    now.unmap(8, 5);
    expect(now.kernel.warning).toContain('!va');
    expect(now.events()).toEqual([]);
  });
});

describe('free_vmap_area_noflush', () => {
  it('no longer unlinks: it refuses an area that is still busy', () => {
    const bench = new Bench(withPatch(findUnlink));
    const { kernel } = bench;
    bench.vmap(2);
    const areas: VmapArea[] = [];
    kernel.forEachBusy((va) => areas.push(va));
    for (const va of areas) bench.run(kernel.free_vmap_area_noflush(va));
    expect(kernel.warning).toContain('still on a list');
    expect(bench.state()).toMatchObject({ busy: [0, 3, 1], lazy: [], vmapLazyNr: 0 });
  });
});

describe('an area that is freed', () => {
  it('is lazy and counted, whether it came from vmalloc or is a block', () => {
    const bench = new Bench(withPatch(findUnlink), { lazyMaxPages: 6 });
    const [a, b] = [bench.map(2), bench.map(2)];
    bench.unmap(a, 2);
    bench.unmap(b, 2);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 4], vmapLazyNr: 4, pendingWork: 0 });
    bench.vfree(bench.vmalloc(3));
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 8], vmapLazyNr: 8, pendingWork: 1 });
  });

  it('is refused to remove_vm_area if it has no vm_struct, and is lost then', () => {
    const bench = new Bench(withPatch(findUnlink));
    bench.map(5);
    expect(bench.run(bench.kernel.remove_vm_area(0))).toBeNull();
    expect(bench.state()).toMatchObject({ busy: [], lazy: [] });
  });
});
