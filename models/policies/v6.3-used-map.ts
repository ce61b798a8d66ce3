import { get_order } from '../kernel/err.ts';
import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import { bitmap_clear, bitmap_set } from '../kernel/structures/bitmap.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * Each block knows which of its pages are in use. The bits are cleared under vb->lock before the
 * PTEs are, so that a reader with the lock never sees a bit for a page that is already gone.
 */
export const usedMap: Patch = {
  name: 'v6.3-used-map',
  title: 'mm/vmalloc.c: add used_map into vmap_block to track space of vmap_block',
  source: 'Baoquan He, v2 series, December 2022 (mail 4)',
  apply: (Base) =>
    class extends Base {
      override initVmapBlock(va: VmapArea, order: number): VmapBlock {
        const vb = super.initVmapBlock(va, order);
        vb.used_map = new Uint32Array(Math.ceil(this.VMAP_BBMAP_BITS / 32));
        bitmap_set(vb.used_map, 0, 2 ** order);
        return vb;
      }

      override takePages(vb: VmapBlock, order: number): number {
        const pages_off = this.VMAP_BBMAP_BITS - vb.free;
        const vaddr = super.takePages(vb, order);
        if (vb.used_map !== null) bitmap_set(vb.used_map, pages_off, 2 ** order);
        return vaddr;
      }

      /** bitmap_clear(vb->used_map, offset, 1UL << order), its last operand cut to 32 bits. */
      clearUsed(vb: VmapBlock, offset: number, order: number): void {
        if (vb.used_map === null) return;
        const count = (2 ** order) >>> 0;
        if (offset + count > vb.used_map.length * 32) {
          throw new KernelOops('vb_free: bits behind used_map are cleared');
        }
        bitmap_clear(vb.used_map, offset, count);
      }

      override *vb_free(addr: number, size: number): Run<void> {
        this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_free: size > PAGE_SIZE*VMAP_MAX_ALLOC');
        const order = get_order(size);
        const offset = this.offsetInBlock(addr);
        const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
        if (vb === null) throw new KernelOops('vb_free: no block at this address');

        yield* this.spin_lock(vb.lock);
        this.clearUsed(vb, offset, order);
        yield* this.spin_unlock(vb.lock);

        yield* this.vunmap_range_noflush(addr, addr + size);

        yield* this.spin_lock(vb.lock);
        yield* this.addDirtyAndUnlock(vb, offset, order);
      }
    },
};
