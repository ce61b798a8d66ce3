import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

/** Address space is taken from elsewhere than promised. */
export const firstFitMutants: readonly Mutant[] = [
  {
    property: 'first-fit',
    patch: {
      name: 'next-fit',
      title: '__alloc_vmap_area goes on where the last allocation ended, and only then starts anew',
      source: '68ad4a330433 (v5.2): lowest fit',
      apply: (Base) =>
        class extends Base {
          #hint = 0;

          override __alloc_vmap_area(
            size: number,
            align: number,
            vstart: number,
            vend: number,
          ): number {
            const from = Math.max(vstart, this.#hint);
            let addr = super.__alloc_vmap_area(size, align, from, vend);
            if (addr === vend) addr = super.__alloc_vmap_area(size, align, vstart, vend);
            if (addr !== vend) this.#hint = addr + size;
            return addr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = get_vm_area(1)',
      'B = get_vm_area(1)',
      'free_vm_area(A)',
      'vm_unmap_aliases()',
      'C = get_vm_area(1)',
    ),
    search: {},
  },
];
