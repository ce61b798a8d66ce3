import { EBUSY, ENOMEM } from '../../models/kernel/err.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../models/kernel/lazy-purge.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { insert_vmap_area } from '../../models/kernel/structures/vmap-area-tree.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, type Search, scenario } from './mutant.ts';

const property = 'no-spurious-failure';

/**
 * Without allocations that are aligned to more than a page: for those the search in the tree of
 * free areas passes over holes that would do, and the property is violated as it is.
 */
const UNALIGNED: Search = {
  kinds: [
    'vmap',
    'vunmap',
    'get_vm_area',
    'free_vm_area',
    'vm_unmap_aliases',
    'run_work',
    'migrate',
    'vread',
    'vmalloc_to_page',
    'find_vm_area',
    'vm_map_ram',
    'vm_unmap_ram',
  ],
  // One block is the whole space: there is but one place for it.
  machine: { vmallocPages: 8, vmapBbmapBits: 8, vmapMaxAlloc: 4 },
};

/** Space that could have been had is not found. */
export const noSpuriousFailureMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'no-second-try',
      title: 'alloc_vmap_area purges when there is no room, and fails all the same',
      source: 'the retry label of alloc_vmap_area()',
      apply: (Base) =>
        class extends Base {
          override *alloc_vmap_area(
            size: number,
            align: number,
            vstart: number,
            vend: number,
            va_flags = 0,
          ): Run<VmapArea | number> {
            this.might_sleep();
            const va = this.vmap_area_cachep.alloc();
            if (va === null) return ENOMEM;
            yield* this.preload_this_cpu_lock(this.free_vmap_area_lock);
            const addr = this.__alloc_vmap_area(size, align, vstart, vend);
            yield* this.spin_unlock(this.free_vmap_area_lock);
            if (addr === vend) {
              yield* this.purge_vmap_area_lazy();
              this.vmap_area_cachep.free(va);
              return EBUSY;
            }
            va.va_start = addr;
            va.va_end = addr + size;
            va.vm = null;
            va.flags = va_flags;
            yield* this.spin_lock(this.vmap_area_lock);
            insert_vmap_area(va, this.vmap_area_root, this.vmap_area_list, this.vmap_area_cachep);
            yield* this.spin_unlock(this.vmap_area_lock);
            return va;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      'cpus=2 vmalloc=8 block=4 max-alloc=2',
      'A = get_vm_area(7)',
      'free_vm_area(A)',
      'B = get_vm_area(7)',
    ),
    search: UNALIGNED,
  },
  {
    property,
    patch: {
      name: 'overflow-keeps-blocks',
      title: 'purge_vmap_area_lazy does not purge fragmented blocks when space runs out',
      source: '02b709df817c (v2.6.33) undone',
      apply: (Base) =>
        class extends Base {
          override *purge_vmap_area_lazy(): Run<void> {
            yield* this.mutex_lock(this.vmap_purge_lock);
            yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
            yield* this.mutex_unlock(this.vmap_purge_lock);
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      'cpus=2 vmalloc=4 block=4 max-alloc=2',
      'A = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'B = get_vm_area(3)',
    ),
    search: UNALIGNED,
  },
];
