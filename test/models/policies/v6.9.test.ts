import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { Kernel, type KernelClass } from '../../../models/kernel/kernel.ts';
import { Task } from '../../../models/kernel/locks.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf, type Patch, type Policy } from '../../../models/policies/policy.ts';
import { busyNodes } from '../../../models/policies/v6.9-busy-nodes.ts';
import { lazyNodes } from '../../../models/policies/v6.9-lazy-nodes.ts';
import { Bench } from '../kernel/bench.ts';

const NODES = { vmapNodes: 2, zonePages: 4 };

function policy(name: string): Policy {
  const found = policies.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function bench(name: string, fields: Partial<Machine> = {}): Bench {
  return new Bench(kernelOf(policy(name)), { ...NODES, ...fields });
}

/** The series of v6.9 as far as this patch. */
function upTo(last: Patch): KernelClass {
  const { patches } = policy('v6.9');
  const series = patches.slice(0, patches.indexOf(last) + 1);
  return series.reduce<KernelClass>((Base, patch) => patch.apply(Base), Kernel);
}

function unmapAll(one: Bench, areas: readonly number[]): void {
  for (const vpn of areas) one.run(one.kernel.vunmap(vpn));
}

describe('busy areas by nodes', () => {
  it('are kept by their first page, and found from pages in zones of other nodes', () => {
    const one = bench('v6.9', { vmapNodes: 3 });
    const areas = [one.vmap(9), one.vmap(1)];
    expect(areas).toEqual([0, 10]);
    const { kernel } = one;
    const at = [0, 5, 9, 10].map((vpn) => one.run(kernel.find_vm_area(vpn))?.addr);
    expect(at).toEqual([0, 0, 0, 10]);
    expect(kernel.vmap_nodes.map(({ busy }) => busy.root.rb_node?.va_start)).toEqual([
      0,
      undefined,
      10,
    ]);
    expect(one.run(kernel.remove_vm_area(8))?.addr).toBe(0);
    expect(one.run(kernel.remove_vm_area(8))).toBeNull();
  });

  it('are read in the order of their addresses', () => {
    const one = bench('v6.9');
    const frames = [one.vmap(2), one.vmap(3)].map((vpn) => one.kernel.vmalloc_to_page(vpn));
    const [a = 0, b = 0] = frames;
    expect(one.run(one.kernel.vread(0, 8))).toEqual([a, a + 1, 0, b, b + 1, b + 2, 0, 0]);
    expect(one.kernel.current.held).toEqual([]);
  });

  it('can be read while there is one node only, before vread knows of more', () => {
    const one = new Bench(upTo(busyNodes), NODES);
    const pfn = one.kernel.vmalloc_to_page(one.vmap(2));
    expect(one.run(one.kernel.vread(0, 4))).toEqual([pfn, pfn + 1, 0, 0]);
    expect(one.kernel.nr_vmap_nodes).toBe(1);
  });
});

describe('lazy areas by nodes', () => {
  it('touch without being joined, and are flushed in one hull', () => {
    const one = bench('v6.9');
    const areas = [one.vmap(2), one.vmap(2), one.vmap(2)];
    one.events();
    unmapAll(one, areas);
    expect(one.state()).toMatchObject({ lazy: [0, 3, 3, 6, 6, 9], vmapLazyNr: 9 });
    one.aliases();
    expect(one.events().filter((line) => line.startsWith('flush'))).toEqual(['flush 0-9']);
    expect(one.state()).toMatchObject({ lazy: [], vmapLazyNr: 0 });
  });

  it('are joined, and go to the heap, before there are pools', () => {
    const one = new Bench(upTo(lazyNodes), NODES);
    unmapAll(one, [one.vmap(2), one.vmap(2)]);
    expect(one.state().lazy).toEqual([0, 6]);
    one.aliases();
    expect(one.state()).toMatchObject({ lazy: [], pooled: [], vmapLazyNr: 0 });
  });

  it('are with the node whose CPU asked for them, wherever they lie', () => {
    const one = bench('v6.9');
    one.kernel.current.cpu = 1;
    const vpn = one.vmap(2);
    one.kernel.current.cpu = 0;
    unmapAll(one, [vpn]);
    const lazy = one.kernel.vmap_nodes.map((vn) => vn.lazy.root.rb_node?.va_start);
    expect(lazy).toEqual([undefined, 0]);
    one.aliases();
    expect(one.state().pools).toEqual([1, 3, 1, 1]);
  });
});

describe.each(['v6.9', 'v6.10', 'v6.12'])('pools in %s', (name) => {
  it('serve the CPUs of their node, latest first, before the heap does', () => {
    const one = bench(name);
    const areas = [one.vmap(2), one.vmap(2), one.vmap(2), one.vmap(2)];
    unmapAll(one, areas);
    one.aliases();
    one.kernel.current.cpu = 1;
    expect(one.vmap(2)).toBe(12);
    one.kernel.current.cpu = 0;
    expect([one.vmap(2), one.vmap(2), one.vmap(3)]).toEqual([9, 6, 15]);
  });

  it('serve nobody where there is one node', () => {
    const one = bench(name, { vmapNodes: 1 });
    unmapAll(one, [one.vmap(2)]);
    one.aliases();
    expect(one.state().pooled).toEqual([]);
  });

  it('are filled by helpers, one for each lazy_max_pages() beyond the first', () => {
    const one = bench(name, { lazyMaxPages: 4, vmapNodes: 3, zonePages: 16 });
    const { kernel } = one;
    const areas = [0, 1, 2, 0].map((cpu) => {
      kernel.current.cpu = cpu;
      return one.vmap(2);
    });
    unmapAll(one, areas);
    one.aliases();
    expect(kernel.tracepointCounts.get('purge_vmap_node: helper')).toBe(2);
    expect(one.state()).toMatchObject({
      pools: [0, 3, 2, 2, 1, 3, 1, 1, 2, 3, 1, 1],
      vmapLazyNr: 0,
    });
  });
});

describe('vm_map_ram of no pages', () => {
  it('fails without a further word', () => {
    const one = bench('v6.9');
    expect(one.map(0)).toBeLessThan(0);
    expect(one.kernel.warning).toBe('vb_alloc: size is 0');
  });
});

/** One task of an interleaved run: `until` resumes it until it stops at such a point or is done. */
class Stepper {
  readonly #kernel: Kernel;
  readonly #task: Task;
  readonly #run: Run<unknown>;

  constructor(kernel: Kernel, name: string, cpu: number, run: Run<unknown>) {
    this.#kernel = kernel;
    this.#task = new Task(name, cpu);
    this.#run = run;
  }

  until(kind: string, label: string): boolean {
    for (;;) {
      this.#kernel.current = this.#task;
      const { done, value } = this.#run.next();
      if (done) return false;
      if (value.kind === kind && value.label === label) return true;
    }
  }

  finish(): void {
    while (this.until('', ''));
  }
}

describe('the shrinker beside a purge', () => {
  /** One area is in a pool, and one of the same size is lazy. */
  function interleaved(name: string): Bench {
    const one = bench(name);
    const [first, second] = [one.vmap(2), one.vmap(2)];
    unmapAll(one, [first]);
    one.aliases();
    unmapAll(one, [second]);
    one.kernel.interleaved = true;
    return one;
  }

  it('forgets in its count, until 6.12.96, what is pooled meanwhile', () => {
    const one = interleaved('v6.9');
    const { kernel } = one;
    const shrink = new Stepper(kernel, 'kswapd', 0, kernel.vmap_node_shrink_scan());
    expect(shrink.until('write', 'len')).toBe(true);
    new Stepper(kernel, 'kworker', 1, kernel.drain_vmap_area_work()).finish();
    shrink.finish();
    // One area on the list, none by the count.
    expect(one.state().pools).toEqual([0, 3, 0, 1]);
  });

  it('has the purge wait in v6.12', () => {
    const one = interleaved('v6.12');
    const { kernel } = one;
    const shrink = new Stepper(kernel, 'kswapd', 0, kernel.vmap_node_shrink_scan());
    expect(shrink.until('write', 'len')).toBe(true);
    const drain = new Stepper(kernel, 'kworker', 1, kernel.drain_vmap_area_work());
    expect(drain.until('blocked', 'vmap_purge_lock')).toBe(true);
    shrink.finish();
    drain.finish();
    expect(one.state().pools).toEqual([0, 3, 1, 1]);
  });
});

describe('helpers as tasks', () => {
  it('are waited for', () => {
    const one = bench('v6.12', { lazyMaxPages: 3 });
    const { kernel } = one;
    const areas = [0, 1].map((cpu) => {
      kernel.current.cpu = cpu;
      return one.vmap(2);
    });
    unmapAll(one, areas);
    kernel.pendingWork.length = 0;
    kernel.interleaved = true;
    kernel.workersAreTasks = true;
    const drain = new Stepper(kernel, 'kworker/0', 0, kernel.drain_vmap_area_work());
    expect(drain.until('blocked', 'flush_work')).toBe(true);
    expect(one.state()).toMatchObject({ pools: [1, 3, 1, 1], vmapLazyNr: 3 });
    const [work] = kernel.pendingWork.splice(0);
    if (work === undefined) throw new Error('no helper was asked for');
    work.pending = false;
    new Stepper(kernel, 'kworker/1', work.cpu, work.run()).finish();
    drain.finish();
    expect(one.state()).toMatchObject({ pools: [0, 3, 1, 1, 1, 3, 1, 1], vmapLazyNr: 0 });
  });
});
