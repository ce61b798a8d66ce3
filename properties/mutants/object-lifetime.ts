import { NULL } from '../../models/kernel/err.ts';
import { KernelOops } from '../../models/kernel/oops.ts';
import type { Run } from '../../models/kernel/point.ts';
import { find_vmap_area_exceed_addr } from '../../models/kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { v6_4 } from '../../models/policies/v6.4.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, type Search, SMALL, scenario } from './mutant.ts';

const property = 'object-lifetime';

/** Without a hole in cpu_possible_mask: with one, blocks are looked for on a CPU that is none. */
const NO_HOLES: Search = { machine: { possibleCpus: [0, 1], onlineCpus: [0, 1] } };

/** Memory is used that is not an object, or not any more. */
export const objectLifetimeMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'vread-null-vm',
      title: 'vread takes for granted that an area has a vm_struct',
      source: '993d0b287e2e (v5.19), the same in usercopy: areas of vm_map_ram have none',
      apply: (Base) =>
        class extends Base {
          override *vread(vpn: number, count: number): Run<number[]> {
            const va = find_vmap_area_exceed_addr(vpn, this.vmap_area_root);
            if (va !== null && va.va_start < vpn + count && va.vm === null) {
              throw new KernelOops('vread: NULL pointer, va->vm');
            }
            return yield* super.vread(vpn, count);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)', 'vread(A, 1)'),
    search: NO_HOLES,
  },
  {
    property,
    patch: {
      name: 'listed-block-freed',
      title: 'vb_alloc leaves a full block on the free list, and vb_free frees it there',
      source: 'list_del_rcu() in vb_alloc()',
      apply: (Base) =>
        class extends Base {
          override vbq_list_del(vb: VmapBlock): void {
            if (vb.dirty === this.VMAP_BBMAP_BITS) super.vbq_list_del(vb);
          }
        },
    },
    // From tglx-4of6 on vb_alloc reads free of such a block without its lock, finds 0 and goes on.
    base: v6_4,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(2)',
      'B = vm_map_ram(2)',
      'vm_unmap_ram(A)',
      'vm_unmap_ram(B)',
      'C = vm_map_ram(1)',
    ),
    search: NO_HOLES,
  },
  {
    property,
    patch: {
      name: 'vm-struct-freed-twice',
      title: '__vmalloc_node_range frees the area that __vmalloc_area_node gave up already',
      source: 'the failure path of __vmalloc_node_range()',
      apply: (Base) =>
        class extends Base {
          override *__vmalloc_area_node(area: VmStruct): Run<number> {
            const addr = yield* super.__vmalloc_area_node(area);
            if (addr === NULL) this.kfree_vm_struct(area);
            return addr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'fail_alloc(4)', 'A = vmalloc(1)'),
    search: NO_HOLES,
  },
];
