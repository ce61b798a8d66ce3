import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/** The shrinker waits until no purge is under way. */
export const shrinkerLock: Patch = {
  name: 'v6.12-shrinker-lock',
  title: 'mm/vmalloc: take vmap_purge_lock in shrinker',
  source: 'ec05f51f1e65 (v7.1, 6.12.96)',
  apply: (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* super.vmap_node_shrink_scan();
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
