import { VMALLOC_START } from '../hardware/machine.ts';
import { ALIGN, alignDown } from '../kernel/err.ts';
import { KernelOops } from '../kernel/oops.ts';
import { lastArea } from '../kernel/pcpu-areas.ts';
import { rb_next, rb_prev } from '../kernel/structures/rbtree.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { insert_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { Patch } from './policy.ts';

/** The areas around an address: the first that ends behind it, and the one before that. */
interface Around {
  next: VmapArea | null;
  prev: VmapArea | null;
}

/**
 * Congruent areas are looked for between the areas of the busy tree, from the highest place where
 * room may be: where the last ones were put, or where an area has been freed above since.
 */
export const percpuFromBusy: Patch = {
  name: 'v5.1-percpu-from-busy',
  title: 'before "mm/vmalloc.c: keep track of free blocks for vmap allocation"',
  source: '68ad4a330433 (v5.2); v4.19 source',
  apply: (Base) =>
    class extends Base {
      vmap_area_pcpu_hole = this.VMALLOC_END;

      /** False if there is no area at all. */
      pvm_find_next_prev(end: number, around: Around): boolean {
        let va: VmapArea | null = null;
        for (let n = this.vmap_area_root.rb_node; n !== null; ) {
          va = n;
          if (end === va.va_end) break;
          n = end < va.va_end ? n.rb_left : n.rb_right;
        }
        if (va === null) return false;
        around.next = va.va_end > end ? va : rb_next(va);
        around.prev = va.va_end > end ? rb_prev(va) : va;
        return true;
      }

      /** The highest aligned address below `next`, with both moved down until it is between. */
      pvm_determine_end(around: Around, align: number): number {
        const vmalloc_end = alignDown(this.VMALLOC_END, align);
        const { next } = around;
        const below = next === null ? vmalloc_end : alignDown(next.va_start, align);
        const addr = Math.min(below, vmalloc_end);
        while (around.prev !== null && around.prev.va_end > addr) {
          this.walks.visited(this.current);
          around.next = around.prev;
          around.prev = rb_prev(around.next);
        }
        return addr;
      }

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

        const around: Around = { next: null, prev: null };
        if (!this.pvm_find_next_prev(this.vmap_area_pcpu_hole, around)) {
          return alignDown(this.VMALLOC_END, align) - endOf(area);
        }
        let base = this.pvm_determine_end(around, align) - endOf(area);
        for (;;) {
          const { next, prev } = around;
          const end = base + endOf(area);
          this.BUG_ON(next !== null && next.va_end <= end, 'pcpu_get_vm_areas: next ends below');
          this.BUG_ON(prev !== null && prev.va_end > end, 'pcpu_get_vm_areas: prev ends above');
          if (base < vmalloc_start) return Number.NaN;
          if (next !== null && next.va_start < end) {
            base = this.pvm_determine_end(around, align) - endOf(area);
            term_area = area;
            continue;
          }
          if (prev !== null && prev.va_end > base + startOf(area)) {
            around.next = prev;
            around.prev = rb_prev(prev);
            base = this.pvm_determine_end(around, align) - endOf(area);
            term_area = area;
            continue;
          }
          area = (area + offsets.length - 1) % offsets.length;
          if (area === term_area) return base;
          this.pvm_find_next_prev(base + endOf(area), around);
        }
      }

      override takeCongruentAreas(
        vas: (VmapArea | null)[],
        base: number,
        offsets: readonly number[],
        sizes: readonly number[],
      ): boolean {
        for (const [area, va] of vas.entries()) {
          if (va === null) throw new KernelOops('pcpu_get_vm_areas: vas[area] is NULL');
          this.initPcpuArea(va, base + (offsets[area] ?? 0), sizes[area] ?? 0);
          insert_vmap_area(va, this.vmap_area_root, this.vmap_area_list, this.vmap_area_cachep);
        }
        this.vmap_area_pcpu_hole = base + (offsets[lastArea(offsets)] ?? 0);
        return true;
      }

      initPcpuArea(va: VmapArea, start: number, size: number): void {
        va.va_start = start;
        va.va_end = start + size;
      }

      override freePurgedArea(va: VmapArea): boolean {
        const { va_end } = va;
        if (va_end > VMALLOC_START && va_end <= this.VMALLOC_END) {
          this.vmap_area_pcpu_hole = Math.max(this.vmap_area_pcpu_hole, va_end);
        }
        return super.freePurgedArea(va);
      }
    },
};
