import type { AtomicLong } from '../kernel/kernel-base.ts';
import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/**
 * vmap_lazy_nr is an atomic_t, 32 bits. Beyond 2^31 pages it is negative, and beyond 2^32 it counts
 * from 0 again. It is compared with an unsigned long, and so a negative sum asks for a purge.
 */
export const intLazyNr: Patch = {
  name: 'v5.0-int-lazy-nr',
  title: 'before "mm/vmalloc.c: convert vmap_lazy_nr to atomic_long_t"',
  source: 'Uladzislau Rezki, January 2019 (with mail 3); v4.19 source',
  apply: (Base) =>
    class extends Base {
      override *atomic_long_add_return(amount: number, counter: AtomicLong): Run<number> {
        const sum = yield* super.atomic_long_add_return(amount, counter);
        if (counter !== this.vmap_lazy_nr) return sum;
        counter.value |= 0;
        return counter.value < 0 ? counter.value + 2 ** 64 : counter.value;
      }
    },
};
