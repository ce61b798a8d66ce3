import { HIGHEST_VPN, LOWEST_VPN } from '../hardware/machine.ts';
import { ALIGN } from '../kernel/err.ts';
import type { Lock } from '../kernel/locks.ts';
import type { Run } from '../kernel/point.ts';
import { rb_prev } from '../kernel/structures/rbtree.ts';
import { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { unlink_va } from '../kernel/structures/vmap-area-tree.ts';
import type { Patch } from './policy.ts';

/**
 * Free space is what lies between the areas of the busy tree. The search walks from area to area,
 * beginning behind the one it took or freed below last, unless the request is more permissive than
 * those seen since: smaller than the largest hole passed, or with a lower start or alignment. So
 * the lowest fit is not promised, and a hole of just the size of the largest passed is not seen.
 */
export const cachedFirstFit: Patch = {
  name: 'v5.1-cached-first-fit',
  title: 'before "mm/vmalloc.c: keep track of free blocks for vmap allocation"',
  source: '68ad4a330433 (v5.2); 89699605fe7c (v2.6.39) brought it; v4.19 source',
  apply: (Base) =>
    class extends Base {
      free_vmap_cache: VmapArea | null = null;
      /** Pages of the largest hole passed below free_vmap_cache. */
      cached_hole_size = 0;
      cached_vstart = 0;
      cached_align = 0;
      override readonly freeRangesAreAreas = false;

      /** There is no tree of free areas to fill. */
      override vmap_init_free_space(): void {}

      /** There is nothing to split, and so nothing to preload. */
      override *preload_this_cpu_lock(lock: Lock): Run<void> {
        yield* this.spin_lock(lock);
      }

      /** The address the search begins at, and the first area that may be in its way. */
      startOfSearch(size: number, align: number, vstart: number): [number, VmapArea | null] {
        const cache = this.free_vmap_cache;
        const permissive =
          size < this.cached_hole_size || vstart < this.cached_vstart || align < this.cached_align;
        this.cached_vstart = vstart;
        this.cached_align = align;
        if (cache !== null && !permissive) {
          const addr = ALIGN(cache.va_end, align);
          if (addr >= vstart) return [addr, cache];
        }
        this.cached_hole_size = 0;
        this.free_vmap_cache = null;
        const addr = ALIGN(vstart, align);
        let first: VmapArea | null = null;
        for (let va = this.vmap_area_root.rb_node; va !== null; ) {
          if (va.va_end < addr) va = va.rb_right;
          else {
            first = va;
            va = va.va_start <= addr ? null : va.rb_left;
          }
        }
        return [addr, first];
      }

      /** These lines stood in alloc_vmap_area(). Returns `vend` if there is no room. */
      override __alloc_vmap_area(
        size: number,
        align: number,
        vstart: number,
        vend: number,
      ): number {
        let [addr, first] = this.startOfSearch(size, align, vstart);
        while (first !== null && addr + size > first.va_start && addr + size <= vend) {
          this.walks.visited(this.current);
          const hole = first.va_start - addr;
          if (hole > this.cached_hole_size) this.cached_hole_size = hole;
          addr = ALIGN(first.va_end, align);
          first = first.list.next.owner;
        }
        return addr + size > vend ? vend : addr;
      }

      override initArea(va: VmapArea, addr: number, size: number): void {
        super.initArea(va, addr, size, 0, null);
        this.free_vmap_cache = va;
      }

      /** The end of __free_vmap_area(): the object goes after a grace period. */
      override freePurgedArea(va: VmapArea): boolean {
        this.walks.visited(this.current);
        const cache = this.free_vmap_cache;
        if (cache !== null) {
          if (va.va_end < this.cached_vstart) this.free_vmap_cache = null;
          else if (va.va_start <= cache.va_start) this.free_vmap_cache = rb_prev(va);
        }
        unlink_va(va, this.vmap_area_root, this.vmap_area_cachep);
        this.call_rcu(() => this.vmap_area_cachep.free(va));
        return true;
      }

      /** Everything between two areas, be they in use or lazy. */
      override forEachFree(visit: (va: VmapArea) => void): void {
        const gap = new VmapArea();
        gap.va_start = LOWEST_VPN;
        for (let va = this.vmap_area_list.next.owner; va !== null; va = va.list.next.owner) {
          gap.va_end = va.va_start;
          if (gap.va_start < gap.va_end) visit(gap);
          gap.va_start = va.va_end;
        }
        gap.va_end = HIGHEST_VPN;
        if (gap.va_start < gap.va_end) visit(gap);
      }
    },
};
