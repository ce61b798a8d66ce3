import { VMALLOC_START } from '../hardware/machine.ts';
import { ALIGN, alignDown } from '../kernel/err.ts';
import { lastArea } from '../kernel/pcpu-areas.ts';
import { rb_prev } from '../kernel/structures/rbtree.ts';
import type { Patch } from './policy.ts';

/**
 * A free area that ends below the end the first try computed is left behind as a whole, though a
 * lower base would fit into it. So congruent areas are refused that there is room for.
 */
export const percpuSearch: Patch = {
  name: 'v5.2-percpu-search',
  title: 'before "mm/vmalloc.c: fix percpu free VM area search criteria"',
  source: 'Kuppuswamy Sathyanarayanan, July 2019 (v5.3)',
  apply: (Base) =>
    class extends Base {
      override findCongruentBase(
        offsets: readonly number[],
        sizes: readonly number[],
        align: number,
      ): number {
        const vmalloc_start = ALIGN(VMALLOC_START, align);
        const startOf = (area: number) => offsets[area] ?? 0;
        const endOf = (area: number) => startOf(area) + (sizes[area] ?? 0);
        let area = lastArea(offsets);
        let term_area = area;

        const top = alignDown(this.VMALLOC_END, align);
        const scan = { va: this.pvm_find_va_enclose_addr(top), base: 0 };
        scan.base = this.pvm_determine_end_from_reverse(scan, align) - endOf(area);
        for (;;) {
          const { va, base } = scan;
          if (va === null || base < vmalloc_start) return Number.NaN;
          if (base + startOf(area) < va.va_start || base + endOf(area) > va.va_end) {
            scan.va = rb_prev(va);
            scan.base = this.pvm_determine_end_from_reverse(scan, align) - endOf(area);
            term_area = area;
            continue;
          }
          area = (area + offsets.length - 1) % offsets.length;
          if (area === term_area) return base;
          scan.va = this.pvm_find_va_enclose_addr(base + endOf(area));
        }
      }
    },
};
