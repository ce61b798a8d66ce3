import type { Run } from '../kernel/point.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** vb_alloc passes over a block without room before it takes the block's lock. */
export const locklessCheck: Patch = {
  name: 'tglx-4of6-lockless-check',
  title: 'mm/vmalloc: check free space in vmap_block lockless',
  source: '43d7650234c6 (v6.5)',
  apply: (Base) =>
    class extends Base {
      override *mayHaveRoom(vb: VmapBlock, order: number): Run<boolean> {
        return (yield* this.READ_ONCE(vb, 'free')) >= 2 ** order;
      }
    },
};
