import type { AtomicLong } from '../../models/kernel/kernel-base.ts';
import type { Run, Step } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area } from '../../models/kernel/structures/vmap-area-tree.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'lazy-count';

/** vmap_lazy_nr and the lazy areas part ways. */
export const lazyCountMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'subtracted-twice',
      title: '__purge_vmap_area_lazy subtracts each area from vmap_lazy_nr twice',
      source: 'atomic_long_sub() in __purge_vmap_area_lazy()',
      apply: (Base) =>
        class extends Base {
          override atomic_long_sub(amount: number, counter: AtomicLong): Step<number> {
            return super.atomic_long_sub(2 * amount, counter);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmap(1)', 'vunmap(A)', 'vm_unmap_aliases()'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'merged-not-counted',
      title: 'free_vmap_area_noflush counts an area only if it does not merge with a neighbour',
      source: 'merging of lazy areas since 96e2db456135 (v5.11)',
      apply: (Base) =>
        class extends Base {
          override *free_vmap_area_noflush(va: VmapArea): Run<void> {
            const nr = va.va_end - va.va_start;
            yield* this.spin_lock(this.purge_vmap_area_lock);
            const merged = merge_or_add_vmap_area(
              va,
              this.purge_vmap_area_root,
              this.purge_vmap_area_list,
              this.vmap_area_cachep,
            );
            yield* this.spin_unlock(this.purge_vmap_area_lock);
            if (merged !== va) return;
            const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);
            if (nr_lazy > this.lazy_max_pages()) yield* this.schedule_work(this.drain_vmap_work);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmap(1)', 'B = vmap(1)', 'vunmap(A)', 'vunmap(B)'),
    search: {},
  },
];
