import type { Run } from './point.ts';
import {
  INIT_LIST_HEAD,
  ListHead,
  list_add,
  list_del_init,
  list_empty,
  list_replace_init,
} from './structures/list.ts';
import { RbRoot } from './structures/rbtree.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { merge_or_add_vmap_area } from './structures/vmap-area-tree.ts';
import { type VmapNode, VmapNodes } from './vmap-node.ts';

/** How the lazy and the pooled areas of nodes become free. mm/vmalloc.c, v6.9; unused before. */
export abstract class VmapNodePurge extends VmapNodes {
  /** Gives the areas of a list back to the heap, in the order of the list. */
  *reclaim_list_global(head: ListHead<VmapArea>): Run<void> {
    if (list_empty(head)) return;
    yield* this.spin_lock(this.free_vmap_area_lock);
    for (let node = head.next; node.owner !== null; ) {
      const va = node.owner;
      node = node.next;
      this.freePurgedArea(va);
    }
    yield* this.spin_unlock(this.free_vmap_area_lock);
  }

  /**
   * Gives pooled areas back to the heap: all, or from the head of each pool a quarter. As in C, a
   * pool of less than four counts down from 0, passes the end of the count and so loses all.
   */
  *decay_va_pool_node(vn: VmapNode, full_decay: boolean): Run<void> {
    const decay_list = new ListHead<VmapArea>(null);
    const decay_root = new RbRoot<VmapArea>();
    for (const pool of vn.pool) {
      this.noteRead(vn.pool_lock);
      if (pool === undefined) continue;
      yield* this.beforeLook(pool, 'list_empty(&vn->pool[i].head)');
      if (list_empty(pool.head)) continue;
      this.trace(full_decay ? 'decay_va_pool_node: full' : 'decay_va_pool_node');

      const tmp_list = new ListHead<VmapArea>(null);
      yield* this.spin_lock(vn.pool_lock);
      list_replace_init(pool.head, tmp_list);
      yield* this.spin_unlock(vn.pool_lock);

      if (full_decay) yield* this.WRITE_ONCE(pool, 'len', 0);
      let n_decay = Math.floor((yield* this.READ_ONCE(pool, 'len')) / 4);
      for (let node = tmp_list.next; node.owner !== null; ) {
        const va = node.owner;
        node = node.next;
        this.walks.visited(this.current);
        list_del_init(va.list);
        this.takeDecayedArea(va, decay_root, decay_list);
        if (full_decay) continue;
        yield* this.WRITE_ONCE(pool, 'len', pool.len - 1);
        if (--n_decay === 0) break;
      }
      if (!full_decay && !list_empty(tmp_list)) {
        yield* this.spin_lock(vn.pool_lock);
        list_replace_init(tmp_list, pool.head);
        yield* this.spin_unlock(vn.pool_lock);
      }
    }
    this.noteRead(vn.pool_lock);
    yield* this.reclaim_list_global(decay_list);
  }

  /** An area leaves its pool for good, with others that go back to the heap. */
  takeDecayedArea(va: VmapArea, root: RbRoot<VmapArea>, head: ListHead<VmapArea>): void {
    merge_or_add_vmap_area(va, root, head, this.vmap_area_cachep);
  }

  /** Moves the lazy areas of a node to its purge_list; false if it has none. */
  *detachLazyAreas(vn: VmapNode): Run<boolean> {
    INIT_LIST_HEAD(vn.purge_list);
    yield* this.beforeLook(vn.lazy, 'RB_EMPTY_ROOT(&vn->lazy.root)');
    if (vn.lazy.root.rb_node === null) return false;
    yield* this.spin_lock(vn.lazy.lock);
    vn.lazy.root.rb_node = null;
    list_replace_init(vn.lazy.head, vn.purge_list);
    yield* this.spin_unlock(vn.lazy.lock);
    return true;
  }

  /** Frees the areas of a node's purge_list, which are flushed by now: here, to the heap. */
  *purge_vmap_node(vn: VmapNode): Run<void> {
    vn.nr_purged = 0;
    yield* this.spin_lock(this.free_vmap_area_lock);
    for (let node = vn.purge_list.next; node.owner !== null; ) {
      const va = node.owner;
      node = node.next;
      const nr = va.va_end - va.va_start;
      if (!this.freePurgedArea(va)) continue;
      yield* this.atomic_long_sub(nr, this.vmap_lazy_nr);
      vn.nr_purged++;
    }
    yield* this.spin_unlock(this.free_vmap_area_lock);
  }

  /**
   * Puts an area that is flushed and on no list into its node's pool or, if it has no node, is too
   * large or all pools are being given up, into a list for the heap.
   */
  *poolOrList(vn: VmapNode, va: VmapArea, list: ListHead<VmapArea>): Run<void> {
    this.walks.visited(this.current);
    const vn_id = this.decode_vn_id(va.flags);
    if (this.is_vn_id_valid(vn_id) && !vn.skip_populate) {
      if (yield* this.node_pool_add_va(vn, va)) return;
    }
    list_add(va.list, list);
  }

  /** What memory reclaim calls to give pooled areas back; nothing is registered before v6.9. */
  *vmap_node_shrink_scan(): Run<void> {}

  /** Visits the pools that have areas or say so, without scheduling points: for inspection. */
  forEachPool(visit: (vn: VmapNode, pages: number, len: number, areas: number) => void): void {
    for (const vn of this.vmap_nodes) {
      for (const [index, pool] of vn.pool.entries()) {
        if (pool === undefined) continue;
        let areas = 0;
        for (let node = pool.head.next; node.owner !== null; node = node.next) areas++;
        if (areas > 0 || pool.len !== 0) visit(vn, index + 1, pool.len, areas);
      }
    }
  }
}
