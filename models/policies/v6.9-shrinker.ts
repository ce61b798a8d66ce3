import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/** Memory reclaim empties all pools, without regard to a purge that is under way. */
export const shrinker: Patch = {
  name: 'v6.9-shrinker',
  title: 'mm: vmalloc: add a shrinker to drain vmap pools',
  source: '7679ba6b36db (v6.9)',
  apply: (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        for (const vn of this.vmap_nodes) yield* this.decay_va_pool_node(vn, true);
      }
    },
};
