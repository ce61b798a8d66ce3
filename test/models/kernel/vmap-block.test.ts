import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { ENOMEM, ERR_PTR, NULL } from '../../../models/kernel/err.ts';
import { Task } from '../../../models/kernel/locks.ts';
import { KernelBug, KernelOops } from '../../../models/kernel/oops.ts';
import { runStepped } from '../../../models/kernel/point.ts';
import type { VmapBlock } from '../../../models/kernel/vmap-block-node.ts';
import { Bench } from './bench.ts';

interface Block {
  readonly start: number;
  readonly free: number;
  readonly dirty: number;
  readonly hull: readonly [number, number];
  /** Whose free list it is on; -1: on none. */
  readonly queue: number;
}

function blocks(bench: Bench): Block[] {
  const numbers = bench.state().blocks;
  const found: Block[] = [];
  for (let i = 0; i < numbers.length; i += 7) {
    const [start = 0, free = 0, dirty = 0, min = 0, max = 0, , queue = 0] = numbers.slice(i);
    found.push({ start, free, dirty, hull: [min, max], queue });
  }
  return found;
}

/** The only block there is. */
function theBlock(bench: Bench): VmapBlock {
  const found: VmapBlock[] = [];
  bench.kernel.forEachBlock((vb) => found.push(vb));
  const [vb, ...others] = found;
  if (vb === undefined || others.length > 0) throw new Error(`${found.length} blocks`);
  return vb;
}

/** A machine with blocks of 16 pages for regions of up to 8. */
const large = { vmapBbmapBits: 16, vmapMaxAlloc: 8 };

describe('vb_alloc', () => {
  it('hands a block out from the front, in powers of two', () => {
    const bench = new Bench(undefined, large);
    expect([bench.map(3), bench.map(1), bench.map(5)]).toEqual([0, 4, 5]);
    // 3 of 16 pages are left: too few for 3 pages, enough for 2.
    expect([bench.map(3), bench.map(2)]).toEqual([16, 13]);
    expect(blocks(bench).map(({ start, free }) => [start, free])).toEqual([
      [0, 1],
      [16, 12],
    ]);
  });

  it('takes a block without free pages off its list', () => {
    const bench = new Bench();
    bench.map(2);
    expect(blocks(bench)).toMatchObject([{ free: 2, queue: 0 }]);
    bench.map(2);
    expect(blocks(bench)).toMatchObject([{ free: 0, queue: -1 }]);
    expect(bench.map(1)).toBe(4);
  });

  it("uses the blocks of the task's own CPU only", () => {
    const bench = new Bench();
    bench.map(1);
    bench.kernel.current.cpu = 1;
    expect(bench.map(1)).toBe(4);
    expect(blocks(bench).map(({ queue }) => queue)).toEqual([0, 1]);
  });

  it('never hands out again what was unmapped', () => {
    const bench = new Bench();
    bench.unmap(bench.map(1), 1);
    expect(bench.map(1)).toBe(1);
  });

  it('warns of a size of 0 and returns NULL, which is no error', () => {
    const bench = new Bench();
    expect(bench.run(bench.kernel.vb_alloc(0))).toBe(NULL);
    expect(bench.kernel.warning).toContain('size is 0');
    expect(blocks(bench)).toEqual([]);
  });

  it('is a BUG() for more than VMAP_MAX_ALLOC', () => {
    const bench = new Bench();
    expect(() => bench.run(bench.kernel.vb_alloc(3))).toThrow(KernelBug);
  });

  it('looks for room under the lock: what is left by then is what counts', () => {
    const bench = new Bench();
    bench.map(1);
    bench.map(1);
    const { kernel } = bench;
    const vb = theBlock(bench);
    kernel.interleaved = true;
    const run = kernel.vb_alloc(2);
    let point = run.next();
    while (!point.done && point.value.object !== vb.lock) point = run.next();
    const first = kernel.current;
    kernel.current = new Task('other', 0);
    expect(runStepped(kernel.vb_alloc(1))).toBe(2);
    kernel.current = first;
    while (!point.done) point = run.next();
    expect(point.value).toBe(4);
  });
});

describe('new_vmap_block', () => {
  it('fails without memory for the block, for its area, or for the index', () => {
    const bench = new Bench();
    bench.vmalloc(3); // so that the block is not at index 0, which needs no node
    const before = bench.state();
    const objects = ['vm_struct', 'vmap_area', 'vmap_block'].map((kind) => bench.objects(kind));
    // 1: the block, 2: its area, 3: the spare of this CPU, 4 and 5: a node of the index.
    for (const failing of [[1], [2], [4, 5]]) {
      bench.outOfMemory((nth) => failing.includes(nth));
      expect(bench.run(bench.kernel.new_vmap_block(0))).toBe(ERR_PTR(ENOMEM));
      const { busy, lazy, free, blocks: left, spareVmapAreas } = bench.state();
      expect({ busy, lazy, free, left }).toEqual({
        busy: before.busy,
        lazy: [],
        free: before.free,
        left: [],
      });
      const spares = spareVmapAreas - before.spareVmapAreas;
      const now = ['vm_struct', 'vmap_area', 'vmap_block'].map((kind) => bench.objects(kind));
      expect(now).toEqual([objects[0], (objects[1] ?? 0) + spares, objects[2]]);
    }
  });

  it('asks twice for a node of the index', () => {
    const bench = new Bench();
    bench.vmalloc(3);
    bench.outOfMemory((nth) => nth === 4);
    expect(bench.run(bench.kernel.new_vmap_block(0))).toBeGreaterThan(0);
  });

  it('fails if there is no room, and forgets the block', () => {
    const bench = new Bench(undefined, { vmallocPages: 4 });
    bench.map(2);
    bench.map(2);
    expect(bench.map(1)).toBe(NULL);
    expect(bench.objects('vmap_block')).toBe(1);
  });

  it('is on the queue of the CPU that the task is on by then', () => {
    const bench = new Bench();
    const { kernel } = bench;
    kernel.interleaved = true;
    const run = kernel.new_vmap_block(0);
    let result = run.next();
    while (!result.done) {
      if (result.value.label === 'xa_lock') kernel.current.cpu = 1;
      result = run.next();
    }
    expect(blocks(bench)).toMatchObject([{ queue: 1 }]);
  });

  it('joins the queue at its end', () => {
    const bench = new Bench();
    bench.run(bench.kernel.new_vmap_block(0));
    bench.run(bench.kernel.new_vmap_block(0));
    expect(bench.map(1)).toBe(1);
  });
});

describe('vb_free', () => {
  it('widens the dirty range by what vb_alloc rounded up to', () => {
    const bench = new Bench(undefined, large);
    const [a, b] = [bench.map(1), bench.map(3)];
    bench.map(4);
    bench.unmap(b, 3);
    expect(blocks(bench)).toMatchObject([{ dirty: 4, hull: [1, 5] }]);
    bench.unmap(a, 1);
    expect(blocks(bench)).toMatchObject([{ dirty: 5, hull: [0, 5] }]);
  });

  it('clears the pages before it says that they are dirty, and does not flush', () => {
    const bench = new Bench();
    const vpn = bench.map(2);
    bench.events();
    bench.unmap(vpn, 2);
    expect(bench.events()).toEqual([`clear ${vpn}-${vpn + 2}`]);
  });

  it('makes the area lazy when all of the block is dirty', () => {
    const bench = new Bench();
    const [a, b] = [bench.map(2), bench.map(2)];
    bench.unmap(a, 2);
    expect(bench.state().lazy).toEqual([]);
    bench.unmap(b, 2);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 4], blocks: [], vmapLazyNr: 4 });
    expect(bench.objects('vmap_block')).toBe(0);
  });

  it('oopses at an address without a block, its pages cleared by then', () => {
    const bench = new Bench();
    expect(() => bench.run(bench.kernel.vb_free(8, 1))).toThrow(KernelOops);
    expect(bench.events()).toEqual(['clear 8-9']);
  });

  it('oopses on a block that was freed while it waited for its lock', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const [a, b] = [bench.map(2), bench.map(2)];
    const vb = theBlock(bench);
    kernel.interleaved = true;
    const late = kernel.vb_free(a, 2);
    let result = late.next();
    while (!result.done && result.value.object !== vb.lock) result = late.next();
    const first = kernel.current;
    kernel.current = new Task('other', 0);
    runStepped(kernel.vb_free(a, 2));
    runStepped(kernel.vb_free(b, 2));
    kernel.current = first;
    expect(() => late.next()).toThrow(KernelOops);
  });
});

describe('purge_fragmented_blocks', () => {
  it('takes a block whose regions are all unmapped, however much of it is free', () => {
    const bench = new Bench();
    bench.unmap(bench.map(1), 1);
    bench.run(bench.kernel.purge_fragmented_blocks_allcpus());
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 4], blocks: [] });
    expect(bench.map(1)).toBe(4);
  });

  it('leaves a block with a live region, an unused one, and one that is used up', () => {
    const bench = new Bench();
    const { kernel } = bench;
    bench.unmap(bench.map(1), 1);
    bench.map(1);
    kernel.current.cpu = 1;
    const [c, d] = [bench.map(2), bench.map(2)];
    bench.unmap(c, 2);
    bench.run(kernel.purge_fragmented_blocks_allcpus());
    expect(bench.state().lazy).toEqual([]);
    bench.unmap(d, 2);
    expect(blocks(bench)).toHaveLength(1);
  });

  it('takes the blocks of every possible CPU', () => {
    const bench = new Bench();
    bench.unmap(bench.map(1), 1);
    bench.kernel.current.cpu = 1;
    bench.unmap(bench.map(1), 1);
    bench.run(bench.kernel.purge_fragmented_blocks_allcpus());
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 8] });
  });

  it('keeps a reader of the list on its way, and the object until the reader has left', () => {
    const bench = new Bench();
    const { kernel } = bench;
    bench.unmap(bench.map(1), 1);
    const vb = theBlock(bench);
    kernel.interleaved = true;
    const reader = kernel.current;
    const reading = kernel.vb_alloc(1);
    let result = reading.next();
    while (!result.done && result.value.object !== vb.lock) result = reading.next();
    kernel.current = new Task('purger', 1);
    runStepped(kernel.purge_fragmented_blocks_allcpus());
    expect([bench.objects('vmap_block'), vb.lock.freed]).toEqual([1, false]);
    kernel.current = reader;
    while (!result.done) result = reading.next();
    expect(result.value).toBe(4);
    expect(vb.lock.freed).toBe(true);
    expect(bench.objects('vmap_block')).toBe(1); // the new one
  });
});

describe('the free list of a queue', () => {
  it('is complained about when it changes without its lock', () => {
    const bench = new Bench();
    bench.map(1);
    const { kernel } = bench;
    const vb = theBlock(bench);
    kernel.vbq_list_del(vb);
    kernel.vbq_list_add_tail(vb, kernel.per_cpu_vbq(1));
    expect(bench.events().filter((line) => line.startsWith('list:'))).toEqual([
      "list: a block leaves cpu0's free list without that list's lock",
      "list: a block joins cpu1's free list without that list's lock",
    ]);
  });

  it('exists for possible CPUs only', () => {
    const bench = new Bench(undefined, { possibleCpus: [0, 2], onlineCpus: [0] });
    expect(bench.kernel.per_cpu_vbq(2).cpu).toBe(2);
    expect(() => bench.kernel.per_cpu_vbq(1)).toThrow(KernelOops);
  });
});

describe('the space of a block', () => {
  it('is aligned to the size of a block', () => {
    const bench = new Bench();
    bench.vmalloc(1);
    expect(bench.map(1)).toBe(4);
  });

  it('is all given back in the end', () => {
    const bench = new Bench();
    const regions = [1, 2, 1, 2, 2].map((pages) => [bench.map(pages), pages] as const);
    for (const [vpn, pages] of regions) bench.unmap(vpn, pages);
    bench.aliases();
    expect(bench.state()).toMatchObject({ busy: [], lazy: [], free: [LOWEST_VPN, HIGHEST_VPN] });
  });

  it('does not reach beyond the block', () => {
    const bench = new Bench();
    expect(() => bench.kernel.vmap_block_vaddr(0, 4)).toThrow(KernelBug);
    expect(bench.kernel.vmap_block_vaddr(4, 3)).toBe(7);
  });
});
