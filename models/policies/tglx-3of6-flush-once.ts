import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** A dirty range that was collected is forgotten, so that the next flush does not repeat it. */
export const flushOnce: Patch = {
  name: 'tglx-3of6-flush-once',
  title: 'mm/vmalloc: prevent flushing dirty space over and over',
  source: 'a09fad96ffb1 (v6.5)',
  apply: (Base) =>
    class extends Base {
      override hasDirtyRange(vb: VmapBlock): boolean {
        return vb.dirty_max !== 0 && vb.dirty !== this.VMAP_BBMAP_BITS;
      }

      override dirtyRangeCollected(vb: VmapBlock): void {
        vb.dirty_min = this.VMAP_BBMAP_BITS;
        vb.dirty_max = 0;
      }
    },
};
