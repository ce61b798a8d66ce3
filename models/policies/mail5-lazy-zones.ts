import { ADDRESS_ZERO, ULONG_MAX } from '../kernel/lazy-purge.ts';
import type { Run } from '../kernel/point.ts';
import {
  list_del,
  list_empty,
  list_first_entry,
  list_last_entry,
  list_replace_init,
} from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { RbList } from '../kernel/vmap-area.ts';
import { type CpuVmapZone, forEachInOrder, type ZonedClass } from './mail5-cpu-vmap-zone.ts';

/** What patch 7/9 adds to the kernel. */
export interface Purging {
  RB_EMPTY_ROOT(list: RbList): Run<boolean>;
  purge_cpu_vmap_zone(z: CpuVmapZone): Run<number>;
}

export type PurgingClass = new (
  ...args: ConstructorParameters<ZonedClass>
) => InstanceType<ZonedClass> & Purging;

/**
 * "mm: vmalloc: Insert lazy-VA per-cpu zone", patch 7/9 of Uladzislau Rezki, 22 May 2023. A lazy
 * area is kept by the CPU its first page belongs to, and merged with what touches it there. A purge
 * still takes the areas of all CPUs, flushes one hull over them and gives them back to the heap
 * that all CPUs share, not to the CPU. It lets nobody in between, and the drain purges once.
 */
export function withLazyZones(Base: ZonedClass): PurgingClass {
  return class extends Base implements Purging {
    override *__purge_vmap_area_lazy(start: number, end: number): Run<boolean> {
      this.lockdep_assert_held(this.vmap_purge_lock);
      let need_purge = false;
      for (const cpu of this.machine.possibleCpus) {
        const z = this.per_cpu_zone(cpu);
        const { root, head, lock } = z.fbl.LAZY;
        if (yield* this.RB_EMPTY_ROOT(z.fbl.LAZY)) continue;
        yield* this.spin_lock(lock);
        root.rb_node = null;
        list_replace_init(head, z.purge_list);
        yield* this.spin_unlock(lock);
        start = Math.min(start, list_first_entry(z.purge_list).va_start);
        end = Math.max(end, list_last_entry(z.purge_list).va_end);
        need_purge = true;
      }
      if (!need_purge) return false;

      this.trace('purge_vmap_area_lazy');
      yield* this.flush_tlb_kernel_range(start, end);
      let num_purged_areas = 0;
      for (const cpu of this.machine.possibleCpus) {
        num_purged_areas += yield* this.purge_cpu_vmap_zone(this.per_cpu_zone(cpu));
      }
      return num_purged_areas > 0;
    }

    /** Whether a tree is empty, looked at without its lock. */
    *RB_EMPTY_ROOT(list: RbList): Run<boolean> {
      if (this.stopsHere()) yield { kind: 'read', object: list, label: 'RB_EMPTY_ROOT' };
      return list.root.rb_node === null;
    }

    /** Gives the lazy areas of a zone back to the global heap. Returns how many there were. */
    *purge_cpu_vmap_zone(z: CpuVmapZone): Run<number> {
      let num_purged_areas = 0;
      if (list_empty(z.purge_list)) return num_purged_areas;
      yield* this.spin_lock(this.free_vmap_area_lock);
      for (let node = z.purge_list.next; node.owner !== null; ) {
        const va = node.owner;
        node = node.next;
        list_del(va.list);
        const nr = va.va_end - va.va_start;
        if (!this.freePurgedArea(va)) continue;
        yield* this.atomic_long_sub(nr, this.vmap_lazy_nr);
        num_purged_areas++;
      }
      yield* this.spin_unlock(this.free_vmap_area_lock);
      return num_purged_areas;
    }

    override *drain_vmap_area_work(): Run<void> {
      this.trace('drain_vmap_area_work');
      yield* this.mutex_lock(this.vmap_purge_lock);
      yield* this.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO);
      yield* this.mutex_unlock(this.vmap_purge_lock);
    }

    override *free_vmap_area_noflush(va: VmapArea): Run<void> {
      const linked = !list_empty(va.list);
      if (this.WARN_ON(linked, 'free_vmap_area_noflush: still on a list')) return;
      const nr = va.va_end - va.va_start;
      const nr_lazy = yield* this.atomic_long_add_return(nr, this.vmap_lazy_nr);
      const { root, head, lock } = this.addr_to_cvz(va.va_start).fbl.LAZY;
      yield* this.spin_lock(lock);
      merge_or_add_vmap_area(va, root, head, this.vmap_area_cachep);
      yield* this.spin_unlock(lock);
      if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
    }

    override forEachLazy(visit: (va: VmapArea) => void): void {
      const zones = this.machine.possibleCpus.map((cpu) => this.per_cpu_zone(cpu).fbl.LAZY);
      forEachInOrder(zones, visit);
    }
  };
}
