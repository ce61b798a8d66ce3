import { get_order } from '../kernel/err.ts';
import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/**
 * Unmapping what no block has handed out is a BUG(), before a PTE is cleared. Blocks are indexed by
 * a radix tree then, with the lock that is the xarray's own since: the same to this model.
 */
export const blockLookup: Patch = {
  name: 'v5.8-block-lookup',
  title: 'before the xarray of vmap blocks',
  source: 'v5.9; v5.4 source',
  apply: (Base) =>
    class extends Base {
      override *vb_free(addr: number, size: number): Run<void> {
        this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_free: size > PAGE_SIZE*VMAP_MAX_ALLOC');
        const order = get_order(size);
        const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
        if (vb === null) return this.BUG_ON(true, 'vb_free: !vb');
        yield* this.vunmap_range_noflush(addr, addr + size);
        yield* this.spin_lock(vb.lock);
        yield* this.addDirtyAndUnlock(vb, this.offsetInBlock(addr), order);
      }
    },
};
