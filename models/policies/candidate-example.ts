// A candidate policy: copy this file to wherever you like, change it, and check it with
//
//   npx vmapcheck check ./my-policy.ts
//
// The imports are types only and may go. What can be overridden is in models/kernel: a method that
// bears the name of a kernel function does what that function does in mm/vmalloc.c.
import type { Run } from '../kernel/point.ts';
import type { ListHead } from '../kernel/structures/list.ts';
import type { VmapBlock, VmapBlockQueue } from '../kernel/vmap-block-node.ts';
import type { Candidate } from './candidate.ts';

const candidate: Candidate = {
  // The built-in policy this one changes: see `npx vmapcheck policies`.
  base: 'v6.5',
  title: 'mm/vmalloc: purge blocks that are less than half free',

  // Takes the kernel's class and returns one that overrides what the C patch touches.
  apply: (Base) =>
    class extends Base {
      // Kernel functions are generators, and are called with `yield*`: each call may be a point
      // where another task runs.
      override *purge_fragmented_block(
        vb: VmapBlock,
        vbq: VmapBlockQueue,
        purge_list: ListHead<VmapBlock>,
        force_purge: boolean,
      ): Run<boolean> {
        const VMAP_PURGE_THRESHOLD = this.VMAP_BBMAP_BITS / 2; // v6.5: a quarter
        if (!force_purge && vb.free >= VMAP_PURGE_THRESHOLD) return false;
        // Forced, so that v6.5's own threshold is not asked once more.
        return yield* super.purge_fragmented_block(vb, vbq, purge_list, true);
      }
    },

  // What you expect it to do otherwise than its base. Optional.
  expected: {
    'no-premature-purge': {
      verdict: 'violated',
      source: 'a block with a quarter of its pages free is usable, and is thrown away',
    },
  },
};

export default candidate;
