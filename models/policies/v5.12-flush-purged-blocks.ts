import { KernelOops } from '../kernel/oops.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * vm_unmap_aliases takes the dirty range of a block that another CPU is purging too. The area that
 * says where the block begins may be freed by then: an access that only an interleaving shows.
 */
export const flushPurgedBlocks: Patch = {
  name: 'v5.12-flush-purged-blocks',
  title: 'before "mm: vmalloc: prevent use after free in _vm_unmap_aliases"',
  source: 'Vijayanand Jitta, March 2021 (v5.13); v5.4 source',
  apply: (Base) =>
    class extends Base {
      override hasDirtyRange(vb: VmapBlock): boolean {
        if (vb.dirty === 0) return false;
        this.noteRead(this.free_vmap_area_lock);
        if (vb.va.freed) throw new KernelOops('use after free: vb->va');
        return true;
      }
    },
};
