import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN, type Machine } from '../../../models/hardware/machine.ts';
import type { VmapNode } from '../../../models/kernel/vmap-node.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { Bench } from './bench.ts';

const latest = policies.find(({ name }) => name === 'v6.12');

function nodesBench(fields: Partial<Machine> = {}): Bench {
  if (latest === undefined) throw new Error('no v6.12');
  return new Bench(kernelOf(latest), { vmapNodes: 3, zonePages: 4, ...fields });
}

/** What the pool for this many pages holds, head first, by first page. */
function pooled({ pool }: VmapNode, pages: number): number[] {
  const starts: number[] = [];
  const head = pool[pages - 1]?.head;
  for (let node = head?.next; node?.owner; node = node.next) starts.push(node.owner.va_start);
  return starts;
}

/** Puts areas of these first pages into the pool for `pages` pages of node 0. */
function fill(bench: Bench, pages: number, starts: readonly number[]): VmapNode {
  const { kernel } = bench;
  const vn = kernel.id_to_node(0);
  for (const start of starts) {
    const va = kernel.vmap_area_cachep.alloc();
    if (va === null) throw new Error('no memory');
    va.va_start = start;
    va.va_end = start + pages;
    expect(bench.run(kernel.node_pool_add_va(vn, va))).toBe(true);
  }
  return vn;
}

describe('the node of an address', () => {
  it('changes with the zone, round and round', () => {
    const { kernel } = nodesBench();
    const ids = [0, 3, 4, 8, 11, 12, 16].map((vpn) => kernel.addr_to_node_id(vpn));
    expect(ids).toEqual([0, 0, 1, 2, 2, 0, 1]);
    expect(kernel.addr_to_node(8)).toBe(kernel.id_to_node(2));
    expect(kernel.addr_to_node_id(-1)).toBe(2);
  });

  it('is the only one with one node', () => {
    const { kernel } = nodesBench({ vmapNodes: 1 });
    expect([0, 5, 63].map((vpn) => kernel.addr_to_node_id(vpn))).toEqual([0, 0, 0]);
  });
});

describe('encode_vn_id', () => {
  it('keeps clear of the VMAP_ bits and is undone by decode_vn_id', () => {
    const { kernel } = nodesBench();
    for (const id of [0, 1, 2]) {
      const val = kernel.encode_vn_id(id);
      expect(val & 0xff).toBe(0);
      expect(kernel.decode_vn_id(val | 3)).toBe(id);
    }
    expect(kernel.warning).toBeNull();
  });

  it('has no node 3 where there are three, and says so', () => {
    const { kernel } = nodesBench();
    expect(kernel.encode_vn_id(3)).toBe(0);
    expect(kernel.warning).toBe('Encode wrong node id (3)');
    kernel.warning = null;
    expect(kernel.decode_vn_id(4 << 8)).toBe(3);
    expect(kernel.warning).toBe('Decode wrong node id (3)');
  });

  it('takes no node at all without a warning', () => {
    const { kernel } = nodesBench();
    expect(kernel.decode_vn_id(3)).toBe(3);
    expect(kernel.is_vn_id_valid(3)).toBe(false);
    expect(kernel.warning).toBeNull();
  });
});

describe('a pool', () => {
  it('gives back what came last', () => {
    const bench = nodesBench();
    const { kernel } = bench;
    const vn = fill(bench, 2, [10, 20, 30]);
    expect(pooled(vn, 2)).toEqual([30, 20, 10]);
    const va = bench.run(kernel.node_pool_del_va(vn, 2, 1, 0, 64));
    expect(va?.va_start).toBe(30);
    expect([pooled(vn, 2), vn.pool[1]?.len]).toEqual([[20, 10], 2]);
  });

  it('has areas of one size only', () => {
    const bench = nodesBench();
    const vn = fill(bench, 2, [10]);
    expect(bench.run(bench.kernel.node_pool_del_va(vn, 3, 1, 0, 64))).toBeNull();
    expect(bench.run(bench.kernel.node_pool_del_va(vn, 1, 1, 0, 64))).toBeNull();
  });

  it('moves a head that is not aligned to the tail, and gives nothing', () => {
    const bench = nodesBench();
    const { kernel } = bench;
    const vn = fill(bench, 2, [8, 10]);
    expect(bench.run(kernel.node_pool_del_va(vn, 2, 4, 0, 64))).toBeNull();
    expect(pooled(vn, 2)).toEqual([8, 10]);
    expect(bench.run(kernel.node_pool_del_va(vn, 2, 4, 0, 64))?.va_start).toBe(8);
  });

  it('keeps an area outside the range asked for, and warns', () => {
    const bench = nodesBench();
    const vn = fill(bench, 2, [10]);
    expect(bench.run(bench.kernel.node_pool_del_va(vn, 2, 1, 16, 64))).toBeNull();
    expect(bench.kernel.warning).toBe('node_pool_del_va: wrong area');
    expect(pooled(vn, 2)).toEqual([10]);
  });

  it('takes areas of 256 pages, and none of 257', () => {
    const { kernel } = nodesBench();
    const vn = kernel.id_to_node(0);
    expect(kernel.size_to_va_pool(vn, 256)).toBe(kernel.size_to_va_pool(vn, 256));
    expect(kernel.size_to_va_pool(vn, 257)).toBeNull();
    // (unsigned int)((2^32 + 1) - 1) is 0.
    expect(kernel.size_to_va_pool(vn, 2 ** 32 + 1)).toBe(kernel.size_to_va_pool(vn, 1));
    expect(kernel.size_to_va_pool(vn, 2 ** 32 + 257)).toBeNull();
  });
});

describe('node_alloc', () => {
  const request = () => ({ addr: 0, vn_id: 0 });

  it("asks the node of the caller's CPU, and names it either way", () => {
    const bench = nodesBench({ possibleCpus: [0, 1, 2, 3], onlineCpus: [0, 1, 2, 3] });
    const { kernel } = bench;
    fill(bench, 2, [10]);
    kernel.current.cpu = 1;
    const out = request();
    expect(bench.run(kernel.node_alloc(2, 1, 0, 64, out))).toBeNull();
    expect([out.addr, kernel.decode_vn_id(out.vn_id)]).toEqual([64, 1]);
    kernel.current.cpu = 3;
    expect(bench.run(kernel.node_alloc(2, 1, 0, 64, out))?.va_start).toBe(10);
    expect([out.addr, kernel.decode_vn_id(out.vn_id)]).toEqual([10, 0]);
  });

  it('leaves other ranges and machines with one node to the heap', () => {
    const modules = request();
    const bench = nodesBench();
    fill(bench, 2, [10]);
    expect(bench.run(bench.kernel.node_alloc(2, 1, 0, 32, modules))).toBeNull();
    expect(modules).toEqual({ addr: 32, vn_id: 0 });
    const single = nodesBench({ vmapNodes: 1 });
    fill(single, 2, [10]);
    expect(single.run(single.kernel.node_alloc(2, 1, 0, 64, request()))).toBeNull();
  });
});

describe('find_vmap_area_exceed_addr_lock', () => {
  it('finds the lowest area of all nodes, and holds the lock of its node', () => {
    const bench = nodesBench();
    const { kernel } = bench;
    const areas = [bench.vmap(2), bench.vmap(5), bench.vmap(1)];
    expect(areas).toEqual([0, 3, 9]);
    const found = [0, 2, 3, 9].map((vpn) => {
      const va = bench.run(kernel.find_vmap_area_exceed_addr_lock(vpn));
      const held = kernel.current.held.map(({ label }) => label);
      if (va !== null) bench.run(kernel.unlockArea(va));
      return [va?.va_start, held];
    });
    const lock = ['vn->busy.lock'];
    expect(found).toEqual([
      [0, lock],
      [0, lock],
      [3, lock],
      [9, lock],
    ]);
    expect(bench.run(kernel.find_vmap_area_exceed_addr_lock(11))).toBeNull();
    expect(kernel.current.held).toEqual([]);
  });
});

describe('the state', () => {
  it('lists the areas of all nodes by address, and the pools besides', () => {
    const bench = nodesBench();
    const areas = [1, 1, 1, 1, 1].map((pages) => bench.vmap(pages));
    for (const vpn of areas.slice(1, 4)) bench.run(bench.kernel.vunmap(vpn));
    expect(bench.state()).toMatchObject({ busy: [0, 2, 1, 8, 10, 1], lazy: [2, 4, 4, 6, 6, 8] });
    bench.aliases();
    expect(bench.state()).toMatchObject({
      busy: [0, 2, 1, 8, 10, 1],
      lazy: [],
      pooled: [2, 4, 4, 6, 6, 8],
      pools: [0, 2, 3, 3],
      free: [LOWEST_VPN, 0, 10, HIGHEST_VPN],
    });
  });
});
