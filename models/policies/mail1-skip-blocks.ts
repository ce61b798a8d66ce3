import type { Run } from '../kernel/point.ts';
import type { ListHead } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { VMAP_BLOCK } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/**
 * Areas of blocks are left out of the flush of the purge list, as their dirty ranges are flushed
 * while they are in use. What is wrong with it: the region whose freeing makes the block all dirty
 * was never collected, and the block has left the index. Besides, neighbours on the purge list have
 * been merged, and a merged area has the flags of one of them.
 */
export const skipBlocks: Patch = {
  name: 'mail1-skip-blocks',
  title: 'skip vmap_block areas when flushing the purge list',
  source: 'Baoquan He, 19 May 2023 (mail 1)',
  apply: (Base) =>
    class extends Base {
      override *flushPurgeList(list: ListHead<VmapArea>, start: number, end: number): Run<void> {
        for (let node = list.next; node.owner !== null; node = node.next) {
          this.walks.visited(this.current);
          const va = node.owner;
          if ((va.flags & VMAP_BLOCK) !== 0) continue;
          start = Math.min(start, va.va_start);
          end = Math.max(end, va.va_end);
        }
        if (start < end) yield* this.flush_tlb_kernel_range(start, end);
      }
    },
};
