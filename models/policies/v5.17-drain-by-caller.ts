import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/**
 * Whoever makes the lazy areas too many purges them on the spot, unless a purge is running: then
 * the request is dropped. One's own purge counts, which frees blocks while it holds the lock.
 */
export const drainByCaller: Patch = {
  name: 'v5.17-drain-by-caller',
  title: 'before "mm/vmalloc: Move draining areas out of caller context"',
  source: '690467c81b1a (v5.18)',
  apply: (Base) =>
    class extends Base {
      *try_purge_vmap_area_lazy(): Run<void> {
        if (!(yield* this.mutex_trylock(this.vmap_purge_lock))) {
          this.trace('try_purge_vmap_area_lazy: dropped');
          return;
        }
        yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }

      override requestDrain(): Run<void> {
        return this.try_purge_vmap_area_lazy();
      }
    },
};
