import { VMALLOC_START } from '../hardware/machine.ts';
import { ALIGN } from './err.ts';
import type { FlushableWork } from './kernel-base.ts';
import { LazyPurge } from './lazy-purge.ts';
import type { Lock } from './locks.ts';
import type { Run } from './point.ts';
import {
  ListHead,
  list_add,
  list_del_init,
  list_empty,
  list_first_entry,
  list_move_tail,
} from './structures/list.ts';
import { RbRoot } from './structures/rbtree.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { __find_vmap_area, find_vmap_area_exceed_addr } from './structures/vmap-area-tree.ts';
import { forEachArea, type RbList } from './vmap-area.ts';

/** The largest areas, in pages, that a node keeps for reuse. */
const MAX_VA_SIZE_PAGES = 256;

const BITS_PER_BYTE = 8;

/** struct vmap_pool: flushed areas of one size, ready to be handed out again, latest first. */
export class VmapPool {
  readonly head = new ListHead<VmapArea>(null);
  len = 0;
  /** Its node's pool_lock. */
  readonly lock: Lock;

  constructor(lock: Lock) {
    this.lock = lock;
  }
}

/** struct vmap_node, since v6.9: a share of the busy and lazy areas, and pools of flushed ones. */
export class VmapNode {
  /** Its place in vmap_nodes. */
  readonly id: number;
  /** By pages - 1, each made when it is first asked for. */
  readonly pool: (VmapPool | undefined)[] = [];
  readonly pool_lock: Lock;
  skip_populate = false;
  readonly busy: RbList;
  readonly lazy: RbList;
  /** Areas detached from the lazy ones, to be freed once they are flushed. */
  readonly purge_list = new ListHead<VmapArea>(null);
  /** The helper that frees them; null: the purge does it itself (purge_work.func is NULL). */
  purge_work: FlushableWork | null = null;
  /** How many areas the last purge freed. */
  nr_purged = 0;

  constructor(id: number, newLock: (label: string) => Lock) {
    this.id = id;
    this.pool_lock = newLock('vn->pool_lock');
    this.busy = newRbList(newLock('vn->busy.lock'));
    this.lazy = newRbList(newLock('vn->lazy.lock'));
  }
}

function newRbList(lock: Lock): RbList {
  return { root: new RbRoot<VmapArea>(), head: new ListHead<VmapArea>(null), lock };
}

/** Where node_alloc() leaves the address, in pages, and the encoded node of a new area. */
export interface NodeRequest {
  addr: number;
  vn_id: number;
}

/** Nodes, what belongs to which, and their pools. mm/vmalloc.c, v6.9; unused before. */
export abstract class VmapNodes extends LazyPurge {
  /** Empty before v6.9. */
  readonly vmap_nodes: VmapNode[] = [];
  nr_vmap_nodes = 1;
  /** In pages. With one node it does not matter. */
  vmap_zone_size = 1;

  abstract readonly VMALLOC_END: number;

  /** Makes nr_vmap_nodes nodes: one, as long as the number of CPUs does not matter. */
  vmap_init_nodes(): void {
    for (let n = 0; n < this.nr_vmap_nodes; n++) {
      this.vmap_nodes.push(new VmapNode(n, (label) => this.newLock(label)));
    }
  }

  /**
   * The node of what begins at `vpn`. C divides the address itself; that VMALLOC_START is 0 here
   * makes no difference where it is a multiple of all zones together, as with 4 nodes on x86-64.
   */
  addr_to_node_id(vpn: number): number {
    const id = Math.floor(vpn / this.vmap_zone_size) % this.nr_vmap_nodes;
    return id < 0 ? id + this.nr_vmap_nodes : id;
  }

  addr_to_node(vpn: number): VmapNode {
    return this.id_to_node(this.addr_to_node_id(vpn));
  }

  id_to_node(id: number): VmapNode {
    const vn = this.vmap_nodes[id % this.nr_vmap_nodes];
    if (vn === undefined) throw new Error(`there is no vmap node ${id}`);
    return vn;
  }

  /** A node id as va->flags hold it, above the VMAP_* bits; 0 is no node. */
  encode_vn_id(node_id: number): number {
    if (this.is_vn_id_valid(node_id)) return (node_id + 1) << BITS_PER_BYTE;
    this.WARN_ON(true, `Encode wrong node id (${node_id})`);
    return 0;
  }

  /** The node id in va->flags, nr_vmap_nodes if there is none. */
  decode_vn_id(val: number): number {
    const node_id = (val >>> BITS_PER_BYTE) - 1;
    if (this.is_vn_id_valid(node_id)) return node_id;
    this.WARN_ON(node_id !== -1, `Decode wrong node id (${node_id})`);
    return this.nr_vmap_nodes;
  }

  is_vn_id_valid(node_id: number): boolean {
    return node_id >= 0 && node_id < this.nr_vmap_nodes;
  }

  /**
   * The pool for areas of `size` pages, null if they are too large for one. The index is an
   * unsigned int: an area of 2^32 + 1 pages goes to the pool of single pages. Read in v6.12.
   */
  size_to_va_pool(vn: VmapNode, size: number): VmapPool | null {
    const idx = (size - 1) % 2 ** 32;
    if (idx >= MAX_VA_SIZE_PAGES) return null;
    const known = vn.pool[idx];
    if (known !== undefined) return known;
    const pool = new VmapPool(vn.pool_lock);
    this.noteWrite(vn.pool_lock);
    vn.pool[idx] = pool;
    return pool;
  }

  /** Puts a flushed area on the head of its pool; false if it is too large for one. */
  *node_pool_add_va(n: VmapNode, va: VmapArea): Run<boolean> {
    const vp = this.size_to_va_pool(n, va.va_end - va.va_start);
    if (vp === null) return false;
    this.trace('node_pool_add_va');
    yield* this.spin_lock(n.pool_lock);
    list_add(va.list, vp.head);
    yield* this.WRITE_ONCE(vp, 'len', vp.len + 1);
    yield* this.spin_unlock(n.pool_lock);
    return true;
  }

  /**
   * Takes the area at the head of the pool for `size` pages, null if there is none or its alignment
   * does not do: it then goes to the tail, for another one to be tried next time.
   */
  *node_pool_del_va(
    vn: VmapNode,
    size: number,
    align: number,
    vstart: number,
    vend: number,
  ): Run<VmapArea | null> {
    const vp = this.size_to_va_pool(vn, size);
    if (vp === null) return null;
    yield* this.beforeLook(vp, 'list_empty(&vp->head)');
    if (list_empty(vp.head)) return null;

    let va: VmapArea | null = null;
    yield* this.spin_lock(vn.pool_lock);
    if (!list_empty(vp.head)) {
      va = list_first_entry(vp.head);
      if (va.va_start !== ALIGN(va.va_start, align)) {
        this.trace('node_pool_del_va: not aligned');
        list_move_tail(va.list, vp.head);
        va = null;
      } else if (this.WARN_ON(!isIn(va, size, vstart, vend), 'node_pool_del_va: wrong area')) {
        va = null;
      } else {
        this.trace('node_pool_del_va');
        list_del_init(va.list);
        yield* this.WRITE_ONCE(vp, 'len', vp.len - 1);
      }
    }
    yield* this.spin_unlock(vn.pool_lock);
    return va;
  }

  /**
   * An area from the pools of this CPU's node. Null if there is none: the heap has to serve, and
   * the area will go to that node's pools later. With one node there are no pools.
   */
  *node_alloc(
    size: number,
    align: number,
    vstart: number,
    vend: number,
    request: NodeRequest,
  ): Run<VmapArea | null> {
    request.vn_id = 0;
    request.addr = vend;
    if (vstart !== VMALLOC_START || vend !== this.VMALLOC_END || this.nr_vmap_nodes === 1) {
      return null;
    }
    const id = this.current.cpu % this.nr_vmap_nodes;
    const va = yield* this.node_pool_del_va(this.id_to_node(id), size, align, vstart, vend);
    request.vn_id = this.encode_vn_id(id);
    if (va !== null) request.addr = va.va_start;
    return va;
  }

  override forEachPooled(visit: (va: VmapArea) => void): void {
    const lists: ListHead<VmapArea>[] = [];
    for (const { pool } of this.vmap_nodes) {
      for (const one of pool) if (one !== undefined && !list_empty(one.head)) lists.push(one.head);
    }
    if (lists.length > 0) forEachInOrder(lists, visit);
  }

  /**
   * The busy area with the lowest address that ends behind `vpn`, its node's busy.lock held, or
   * null and no lock. Another task may free what was found before the lock is taken again.
   */
  *find_vmap_area_exceed_addr_lock(vpn: number): Run<VmapArea | null> {
    for (;;) {
      // 0 means none in C; here VMALLOC_START is 0.
      let va_start_lowest = Number.POSITIVE_INFINITY;
      for (const vn of this.vmap_nodes) {
        yield* this.spin_lock(vn.busy.lock);
        const va = find_vmap_area_exceed_addr(vpn, vn.busy.root);
        if (va !== null) va_start_lowest = Math.min(va_start_lowest, va.va_start);
        yield* this.spin_unlock(vn.busy.lock);
      }
      if (va_start_lowest === Number.POSITIVE_INFINITY) return null;

      const { busy } = this.addr_to_node(va_start_lowest);
      yield* this.spin_lock(busy.lock);
      const va = __find_vmap_area(va_start_lowest, busy.root);
      if (va !== null) return va;
      yield* this.spin_unlock(busy.lock);
    }
  }
}

/** Visits the areas of several lists in the order of their addresses. */
export function forEachInOrder(
  lists: readonly ListHead<VmapArea>[],
  visit: (va: VmapArea) => void,
): void {
  const areas: VmapArea[] = [];
  for (const list of lists) forEachArea(list, (va) => areas.push(va));
  if (areas.length > 1) areas.sort((a, b) => a.va_start - b.va_start);
  for (const va of areas) visit(va);
}

/** Whether an area has this size and lies within [vstart, vend), all in pages. */
function isIn(va: VmapArea, size: number, vstart: number, vend: number): boolean {
  return va.va_end - va.va_start === size && va.va_start >= vstart && va.va_end <= vend;
}
