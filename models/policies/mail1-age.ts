import type { Run } from '../kernel/point.ts';
import type { ListHead } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { VmapBlock, VmapBlockQueue } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** How many calls of vm_unmap_aliases() a block may stay unused; there is no clock here. */
const VMAP_PURGE_AGE = 4;

/**
 * A fragmented block that nothing was taken from or given back to for a long time is purged,
 * however much of it is free.
 */
export const age: Patch = {
  name: 'mail1-age',
  title: 'recycle blocks that were not used for a long time',
  source: 'Thomas Gleixner, 19 May 2023 (mail 1): "Maybe it wants an age check too"',
  apply: (Base) =>
    class extends Base {
      /** Calls of vm_unmap_aliases() so far. */
      now = 0;
      /** When a block was last used: a field of struct vmap_block. */
      readonly last_use = this.numbered(new WeakMap<VmapBlock, number>());

      use(vb: VmapBlock): void {
        this.noteRead(this.last_use);
        this.last_use.set(vb, this.now);
      }

      override initVmapBlock(va: VmapArea, order: number): VmapBlock {
        const vb = super.initVmapBlock(va, order);
        this.use(vb);
        return vb;
      }

      override takePages(vb: VmapBlock, order: number): number {
        this.use(vb);
        return super.takePages(vb, order);
      }

      override *addDirtyAndUnlock(vb: VmapBlock, offset: number, order: number): Run<void> {
        this.use(vb);
        yield* super.addDirtyAndUnlock(vb, offset, order);
      }

      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        this.noteWrite(this.last_use);
        this.now++;
        yield* super._vm_unmap_aliases(start, end, flush);
      }

      override *purge_fragmented_block(
        vb: VmapBlock,
        vbq: VmapBlockQueue,
        purge_list: ListHead<VmapBlock>,
        force_purge: boolean,
      ): Run<boolean> {
        this.noteRead(this.last_use);
        const unused = this.now - (this.last_use.get(vb) ?? this.now);
        const force = force_purge || unused > VMAP_PURGE_AGE;
        return yield* super.purge_fragmented_block(vb, vbq, purge_list, force);
      }
    },
};
