import type { Run } from '../../models/kernel/point.ts';
import type { VmapBlock, VmapBlockIndex } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'no-stale-alias';

/** What was unmapped stays in a TLB. */
export const noStaleAliasMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'full-blocks-passed-over',
      title: 'vm_unmap_aliases looks only at blocks with free space, those on the free lists',
      source: 'fc1e0d980037 (v6.5) undone',
      apply: (Base) =>
        class extends Base {
          override *xa_first(xa: VmapBlockIndex): Run<VmapBlock | null> {
            const vb = yield* super.xa_first(xa);
            return vb === null || vb.free > 0 ? vb : yield* this.xa_next(xa, vb);
          }

          override *xa_next(xa: VmapBlockIndex, vb: VmapBlock): Run<VmapBlock | null> {
            let next = yield* super.xa_next(xa, vb);
            while (next !== null && next.free === 0) next = yield* super.xa_next(xa, next);
            return next;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(2)',
      'B = vm_map_ram(2)',
      'vm_unmap_ram(A)',
      'vm_unmap_aliases()',
    ),
    search: {},
  },
  {
    property,
    patch: {
      name: 'flush-only-with-lazy-areas',
      title: 'vm_unmap_aliases leaves the flush to the purge, which may have nothing to purge',
      source: 'the return value of __purge_vmap_area_lazy()',
      apply: (Base) =>
        class extends Base {
          override *__purge_vmap_area_lazy(start: number, end: number): Run<boolean> {
            yield* super.__purge_vmap_area_lazy(start, end);
            return true;
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'dirty-max-one-short',
      title: 'vb_free takes the last dirty page for the end of the dirty range',
      source: 'dirty_max is the page behind the last one since v4.2',
      apply: (Base) =>
        class extends Base {
          override *addDirtyAndUnlock(vb: VmapBlock, offset: number, order: number): Run<void> {
            const { dirty_max } = vb;
            yield* super.addDirtyAndUnlock(vb, offset, order);
            vb.dirty_max = Math.max(dirty_max, offset + 2 ** order - 1);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(2)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'last-cpu-passed-over',
      title: 'vm_unmap_aliases stops one CPU early',
      source: 'for_each_possible_cpu() in _vm_unmap_aliases(): every index has to be visited',
      apply: (Base) =>
        class extends Base {
          override *xa_first(xa: VmapBlockIndex): Run<VmapBlock | null> {
            const last = this.per_cpu_vbq(this.machine.possibleCpus.at(-1) ?? 0);
            return xa === last.vmap_blocks ? null : yield* super.xa_first(xa);
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = get_vm_area(3)',
      'B = vm_map_ram(1)',
      'vm_unmap_ram(B)',
      'vm_unmap_aliases()',
    ),
    search: {},
  },
];
