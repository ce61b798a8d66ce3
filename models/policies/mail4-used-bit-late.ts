import { get_order } from '../kernel/err.ts';
import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import { bitmap_clear } from '../kernel/structures/bitmap.ts';
import type { Patch } from './policy.ts';

/**
 * vb_free() clears the used bits in its second locked step, after the PTEs are gone. A reader with
 * vb->lock may then see bits of pages that are mapped no more. It reads them as zeroes, and the
 * frames are still the caller's, for vb_free() waits for the lock: worse than early bits only for
 * two tasks, and even then by zeroes.
 */
export const usedBitLate: Patch = {
  name: 'mail4-used-bit-late',
  title: 'clear the used bits of a region after it was unmapped',
  source: 'the rule of used_map in v6.3 undone: bits first, then PTEs',
  apply: (Base) =>
    class extends Base {
      override *vb_free(addr: number, size: number): Run<void> {
        this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_free: size > PAGE_SIZE*VMAP_MAX_ALLOC');
        const order = get_order(size);
        const offset = this.offsetInBlock(addr);
        const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
        if (vb === null) throw new KernelOops('vb_free: no block at this address');
        yield* this.vunmap_range_noflush(addr, addr + size);
        yield* this.spin_lock(vb.lock);
        if (vb.used_map !== null) bitmap_clear(vb.used_map, offset, 2 ** order);
        yield* this.addDirtyAndUnlock(vb, offset, order);
      }
    },
};
