import { get_order, NULL } from '../../models/kernel/err.ts';
import type { Run } from '../../models/kernel/point.ts';
import { INIT_LIST_HEAD } from '../../models/kernel/structures/list.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { VmapBlock, type VmapBlockIndex } from '../../models/kernel/vmap-block-node.ts';
import type { Patch } from '../../models/policies/policy.ts';

/** vbq->free is changed with list_del_init(), though readers walk it under RCU only. */
export const listDelInit: Patch = {
  name: 'list-del-init',
  title: 'list_del_init() of a block that a reader may stand on',
  source: 'de5604231ce4 (v2.6.33), which brought list_del_rcu()',
  apply: (Base) =>
    class extends Base {
      override vbq_list_del(vb: VmapBlock): void {
        super.vbq_list_del(vb);
        INIT_LIST_HEAD(vb.free_list);
      }
    },
};

/** A block is freed at once, though readers may stand on it. */
export const noGracePeriod: Patch = {
  name: 'no-grace-period',
  title: 'kfree() of a block that a reader may stand on',
  source: 'de5604231ce4 (v2.6.33): free_list shared its memory with rcu_head',
  apply: (Base) =>
    class extends Base {
      override kfree_rcu(vb: VmapBlock): void {
        this.kfree('vmap_block');
        vb.lock.freed = true;
      }
    },
};

/** vb_alloc takes what it saw without vb->lock for granted once it has the lock. */
export const noRecheck: Patch = {
  name: 'no-recheck',
  title: 'vb_alloc does not look at vb->free again under vb->lock',
  source: '43d7650234c6 (v6.5), without the second look',
  apply: (Base) =>
    class extends Base {
      override *vb_alloc(size: number): Run<number> {
        const order = get_order(size);
        let vaddr = NULL;
        this.rcu_read_lock();
        const vbq = this.per_cpu_vbq(this.current.cpu);
        for (
          let node = yield* this.next_rcu(vbq.free);
          node?.owner;
          node = yield* this.next_rcu(node)
        ) {
          const vb = node.owner;
          if (!(yield* this.mayHaveRoom(vb, order))) continue;
          yield* this.spin_lock(vb.lock);
          vaddr = this.takePages(vb, order);
          if (vb.free === 0) {
            yield* this.spin_lock(vbq.lock);
            this.vbq_list_del(vb);
            yield* this.spin_unlock(vbq.lock);
          }
          yield* this.spin_unlock(vb.lock);
          break;
        }
        this.rcu_read_unlock();
        return vaddr === NULL ? yield* this.new_vmap_block(order) : vaddr;
      }
    },
};

/** A block is in the index before its fields are set. */
export const publishedFirst: Patch = {
  name: 'published-first',
  title: 'new_vmap_block puts a block into the index and initialises it then',
  source: 'the order in new_vmap_block(): xa_insert() comes after the last field',
  apply: (Base) =>
    class extends Base {
      readonly initialised = new Map<VmapBlock, VmapBlock>();

      override initVmapBlock(va: VmapArea, order: number): VmapBlock {
        const ready = super.initVmapBlock(va, order);
        const vb = new VmapBlock(this, ready.lock, va);
        vb.index = ready.index;
        vb.cpu = ready.cpu;
        vb.used_map = ready.used_map;
        this.initialised.set(vb, ready);
        return vb;
      }

      override *xa_insert(xa: VmapBlockIndex, index: number, vb: VmapBlock): Run<number> {
        const err = yield* super.xa_insert(xa, index, vb);
        const { free, dirty, dirty_min, dirty_max } = this.initialised.get(vb) ?? vb;
        Object.assign(vb, { free, dirty, dirty_min, dirty_max });
        return err;
      }
    },
};
