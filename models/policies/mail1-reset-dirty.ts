import type { Patch } from './policy.ts';
import { flushOnce } from './tglx-3of6-flush-once.ts';

/**
 * The cure of mail 1 by itself: a dirty range that was collected is forgotten. The same lines as 3
 * of 6, but on v6.4 the range is collected and forgotten before vmap_purge_lock is taken. Another
 * vm_unmap_aliases() may then find nothing dirty and return before the flush: that takes two tasks,
 * and 2 of 6 closes it.
 */
export const resetDirty: Patch = {
  name: 'mail1-reset-dirty',
  title: 'reset dirty_min and dirty_max, so that a freed range is flushed once',
  source: 'Thomas Gleixner, 19 May 2023 (mail 1)',
  apply: flushOnce.apply,
};
