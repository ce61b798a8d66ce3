import type { Run } from '../../models/kernel/point.ts';
import { bitmap_clear } from '../../models/kernel/structures/bitmap.ts';
import { __find_vmap_area } from '../../models/kernel/structures/vmap-area-tree.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, type Search, SMALL, scenario } from './mutant.ts';

const property = 'vread-exact';

/** Reading vm_map_ram from the middle of a region violates the property as it is. */
const WITHOUT_VM_MAP_RAM: Search = {
  kinds: [
    'vmalloc',
    'vfree',
    'vmap',
    'vunmap',
    'get_vm_area',
    'free_vm_area',
    'ioremap',
    'vread',
    'vm_unmap_aliases',
    'run_work',
    'migrate',
  ],
};

/** vread shows something else than what is mapped. */
export const vreadExactMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'lookup-by-containment',
      title: 'vread returns nothing unless the first page it is asked for lies in an area',
      source: 'f181234a5a21 (v5.15) undone',
      apply: (Base) =>
        class extends Base {
          override *vread(vpn: number, count: number): Run<number[]> {
            const va = __find_vmap_area(vpn, this.vmap_area_root);
            return va === null ? [] : yield* super.vread(vpn, count);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmap(1)', 'vread(A-1, 2)'),
    search: WITHOUT_VM_MAP_RAM,
  },
  {
    property,
    patch: {
      name: 'used-bits-stay',
      title: 'vb_free does not clear the bits of the pages in used_map',
      source: 'Baoquan He, December 2022 (mail 4)',
      apply: (Base) =>
        class extends Base {
          override *vb_free(addr: number, size: number): Run<void> {
            const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
            const used = vb === null || vb.used_map === null ? null : vb.used_map.slice();
            yield* super.vb_free(addr, size);
            if (vb !== null) vb.used_map = used;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'B = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'vread(B, 1)',
    ),
    search: null,
  },
  {
    property,
    patch: {
      name: 'used-bits-missing',
      title: 'vb_alloc does not set the bits of pages it takes from a block that exists already',
      source: 'Baoquan He, December 2022 (mail 4)',
      apply: (Base) =>
        class extends Base {
          override takePages(vb: VmapBlock, order: number): number {
            const pages_off = this.VMAP_BBMAP_BITS - vb.free;
            const vaddr = super.takePages(vb, order);
            if (vb.used_map !== null) bitmap_clear(vb.used_map, pages_off, 2 ** order);
            return vaddr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'B = vm_map_ram(1)',
      'vm_unmap_ram(A)',
      'vread(B, 1)',
    ),
    search: null,
  },
];
