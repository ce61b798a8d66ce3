import type { Run } from '../../models/kernel/point.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'direct-map-perms';

/** On arm32: the hull of direct map and vmalloc space is wide, and others flush all for it. */
const RESET_PERMS = scenario(
  `${SMALL} arch=arm32`,
  'A = vmalloc(1, VM_FLUSH_RESET_PERMS)',
  'set_memory_ro(A)',
  'vfree(A)',
);

/**
 * A frame goes back to the page allocator with permissions it must not have. The end of the direct
 * map's range cannot be got wrong here: the area itself is always lazy by then and lies above, so
 * the hull reaches that far anyway.
 */
export const directMapPermsMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'direct-map-hull-one-page-late',
      title: 'vm_reset_perms leaves the lowest frame out of the range to flush',
      source: 'the range in vm_reset_perms(); another mistake in it was fixed in v5.2-rc4',
      apply: (Base) =>
        class extends Base {
          override directMapHull(area: VmStruct): readonly [number, number] {
            const [start, end] = super.directMapHull(area);
            return [start + 1, end];
          }
        },
    },
    base: v6_5,
    scenario: RESET_PERMS,
    search: {},
  },
  {
    property,
    patch: {
      name: 'perms-reset-without-flush',
      title: 'vm_reset_perms changes the direct map and does not flush',
      source: '868b104d7379 (v5.2)',
      apply: (Base) =>
        class extends Base {
          override *vm_reset_perms(area: VmStruct): Run<void> {
            this.set_area_direct_map(area, (pfn) => this.set_direct_map_default_noflush(pfn));
          }
        },
    },
    base: v6_5,
    scenario: RESET_PERMS,
    search: {},
  },
  {
    property,
    patch: {
      name: 'perms-not-reset',
      title: 'vm_reset_perms flushes, and leaves the direct map as it is',
      source: '868b104d7379 (v5.2)',
      apply: (Base) =>
        class extends Base {
          override *vm_reset_perms(area: VmStruct): Run<void> {
            const [start, end] = this.directMapHull(area);
            yield* this._vm_unmap_aliases(start, end, area.nr_pages > 0);
          }
        },
    },
    base: v6_5,
    scenario: RESET_PERMS,
    search: {},
  },
];
