import type { Run } from '../kernel/point.ts';
import type { ListHead } from '../kernel/structures/list.ts';
import type { VmapBlock, VmapBlockQueue } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** A block with a quarter of its pages free stays, unless the address space has run out. */
export const keepUsable: Patch = {
  name: 'tglx-6of6-keep-usable',
  title: 'mm/vmalloc: dont purge usable blocks unnecessarily',
  source: '77e50af07f14 (v6.5)',
  apply: (Base) =>
    class extends Base {
      override *purge_fragmented_block(
        vb: VmapBlock,
        vbq: VmapBlockQueue,
        purge_list: ListHead<VmapBlock>,
        force_purge: boolean,
      ): Run<boolean> {
        const VMAP_PURGE_THRESHOLD = this.VMAP_BBMAP_BITS / 4;
        if (!force_purge && vb.free >= VMAP_PURGE_THRESHOLD) return false;
        return yield* super.purge_fragmented_block(vb, vbq, purge_list, force_purge);
      }
    },
};
