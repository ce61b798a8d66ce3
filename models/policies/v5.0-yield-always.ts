import type { Patch } from './policy.ts';

/**
 * The purge lets others have the lock after every area, however many wait: allocators that keep
 * taking it can hold up the purge for ever. What that does to the backlog needs contention to show.
 */
export const yieldAlways: Patch = {
  name: 'v5.0-yield-always',
  title: 'before "mm/vmalloc.c: add priority threshold to __purge_vmap_area_lazy()"',
  source: 'Uladzislau Rezki, 29 January 2019 (mail 3); 763b218ddfaf (v4.10) brought it',
  apply: (Base) =>
    class extends Base {
      override resched_threshold(): number {
        return Number.POSITIVE_INFINITY;
      }
    },
};
