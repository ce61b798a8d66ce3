import type { Run } from '../kernel/point.ts';
import { LlistHead, LlistNode, llist_add, llist_del_all } from '../kernel/structures/llist.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { Patch } from './policy.ts';

/**
 * Lazy areas wait on a list without a lock, as they come: the hull is found by walking all of them,
 * and every area is merged and subtracted for itself.
 */
export const lazyLlist: Patch = {
  name: 'v5.10-lazy-llist',
  title: 'before "mm/vmalloc: rework the drain logic"',
  source: '96e2db456135 (v5.11); v5.4 source',
  apply: (Base) =>
    class extends Base {
      readonly vmap_purge_list = this.numbered(new LlistHead<VmapArea>());

      override *__purge_vmap_area_lazy(start: number, end: number): Run<boolean> {
        this.lockdep_assert_held(this.vmap_purge_lock);
        const list = this.vmap_purge_list;
        if (this.stopsHere()) yield { kind: 'atomic', object: list, label: 'llist_del_all' };
        const valist = llist_del_all(list);
        if (valist === null) return false;

        this.trace('purge_vmap_area_lazy');
        yield* this.flushPurgeChain(valist, start, end);
        const resched_threshold = this.resched_threshold();

        yield* this.spin_lock(this.free_vmap_area_lock);
        for (let node: LlistNode<VmapArea> | null = valist; node !== null; ) {
          const va: VmapArea = node.owner;
          node = node.next;
          const nr = va.va_end - va.va_start;
          this.freePurgedArea(va);
          yield* this.atomic_long_sub(nr, this.vmap_lazy_nr);
          if ((yield* this.atomic_long_read(this.vmap_lazy_nr)) < resched_threshold) {
            yield* this.cond_resched_lock(this.free_vmap_area_lock);
          }
        }
        yield* this.spin_unlock(this.free_vmap_area_lock);
        return true;
      }

      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        yield* this.unlinkBusyArea(va);
        const nr = va.va_end - va.va_start;
        const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);

        va.purge_list ??= new LlistNode(va);
        const list = this.vmap_purge_list;
        if (this.stopsHere()) yield { kind: 'atomic', object: list, label: 'llist_add' };
        llist_add(va.purge_list, list);

        // The area may be gone from here on.
        if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
      }

      override forEachLazy(visit: (va: VmapArea) => void): void {
        const areas: VmapArea[] = [];
        // An area that was freed twice is on the list twice, and makes a circle of it.
        let node = this.vmap_purge_list.first;
        for (let i = 0; i < this.vmap_purge_list.added && node !== null; i++, node = node.next) {
          areas.push(node.owner);
        }
        areas.sort((a, b) => a.va_start - b.va_start).forEach(visit);
      }
    },
};
