import { find_vmap_lowest_match } from '../kernel/structures/vmap-area-tree.ts';
import type { Patch } from './policy.ts';

/**
 * The search never asks a subtree for more than the size wanted, whatever the alignment, so no hole
 * that would do is passed over, and the lowest of them is found. A subtree may now be entered in
 * vain: with alignment above a page the search can cost as many steps as there are free areas.
 */
export const lowestFit: Patch = {
  name: 'exact-lowest-fit',
  title: 'find the lowest aligned hole that fits, exactly',
  source: 'ours, after 9f531973dff3 (v5.16), which does so where the range fits exactly',
  apply: (Base) =>
    class extends Base {
      override __alloc_vmap_area(
        size: number,
        align: number,
        vstart: number,
        vend: number,
        root = this.free_vmap_area_root,
        head = this.free_vmap_area_list,
      ): number {
        const va = find_vmap_lowest_match(root, size, align, vstart, false);
        return va === null ? vend : this.va_alloc(va, size, align, vstart, vend, root, head);
      }
    },
};
