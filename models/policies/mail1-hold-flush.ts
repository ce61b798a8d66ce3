import type { Patch } from './policy.ts';

/**
 * What vb_free() unmapped is flushed with its block, when that is purged, and not before. No page
 * of a block is used twice before that, so address space is safe; who calls vm_unmap_aliases() to
 * be rid of aliases of a page is not.
 */
export const holdFlush: Patch = {
  name: 'mail1-hold-flush',
  title: 'hold the flush of dirty ranges until the block is purged',
  source: 'Baoquan He, 19 May 2023 (mail 1): "If we can hold the vmap_block flush"',
  apply: (Base) =>
    class extends Base {
      override hasDirtyRange(): boolean {
        return false;
      }
    },
};
