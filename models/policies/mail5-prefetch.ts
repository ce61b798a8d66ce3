import { VMALLOC_START } from '../hardware/machine.ts';
import type { AtomicLong } from '../kernel/kernel-base.ts';
import { ULONG_MAX } from '../kernel/lazy-purge.ts';
import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import { ListHead, list_replace_init } from '../kernel/structures/list.ts';
import { get_subtree_max_size } from '../kernel/structures/vmap-area-augment.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { merge_or_add_vmap_area_augment } from '../kernel/structures/vmap-area-tree.ts';
import { type CpuVmapZone, forEachInOrder } from './mail5-cpu-vmap-zone.ts';
import type { PurgingClass } from './mail5-lazy-zones.ts';

/** A zone is filled up only when it has no free range of so many pages: the low watermark. */
const LOW_WATERMARK = 4;

/** What patch 8/9 adds to the kernel. */
export interface Prefetching {
  isTooLarge(size: number, extra: number): boolean;
  takeChunk(z: CpuVmapZone): number;
  fill(z: CpuVmapZone, size: number, align: number): Run<number>;
  this_cpu_zone_alloc_fill(z: CpuVmapZone, size: number, align: number): Run<number>;
}

export type PrefetchingClass = new (
  ...args: ConstructorParameters<PurgingClass>
) => InstanceType<PurgingClass> & Prefetching;

/**
 * "mm: vmalloc: Offload free_vmap_area_lock global lock", patch 8/9 of Uladzislau Rezki, 22 May
 * 2023, and what mail 5 is about. An allocation that may lie anywhere in vmalloc space takes its
 * pages from what its CPU has prefetched:
 *
 *         the CPU's FREE tree                       the heap all CPUs share
 *   |-- busy --|xxxxxxxx left xxxxxxxx|   <----   |xxxx cvz_size xxxx|xxxxxxxx ...
 *
 * It goes to the shared heap if it is too large for a zone, or if the zone has no range for it but
 * still one of four pages or more. What was prefetched and never used returns to the heap in a
 * purge, and only if something was lazy: with nothing lazy an allocation fails although the CPUs
 * hold what it needs.
 */
export function withPrefetch(Base: PurgingClass): PrefetchingClass {
  return class extends Base implements Prefetching {
    /**
     * Whether an allocation passes the zone by. The comment in the patch says "bigger/equal than
     * one half of a zone-size"; the condition below it begins above a third.
     */
    isTooLarge(size: number, extra: number): boolean {
      return Math.floor(this.cvz_size / (size + extra)) < 3;
    }

    /** The start of a chunk of cvz_size from the shared heap, or VMALLOC_END: the lowest. */
    takeChunk(_z: CpuVmapZone): number {
      return this.__alloc_vmap_area(this.cvz_size, 1, VMALLOC_START, this.VMALLOC_END);
    }

    *atomic_xchg(counter: AtomicLong, value: number): Run<number> {
      if (this.stopsHere()) yield { kind: 'atomic', object: counter, label: counter.label };
      const old = counter.value;
      counter.value = value;
      return old;
    }

    /** Prefetches, unless another task does so for this zone. Returns VMALLOC_END then. */
    *this_cpu_zone_alloc_fill(z: CpuVmapZone, size: number, align: number): Run<number> {
      if ((yield* this.atomic_xchg(z.fill_in_progress, 1)) !== 0) return this.VMALLOC_END;
      const addr = yield* this.fill(z, size, align);
      yield* this.atomic_xchg(z.fill_in_progress, 0);
      return addr;
    }

    /** The part of this_cpu_zone_alloc_fill that fill_in_progress guards. */
    *fill(z: CpuVmapZone, size: number, align: number): Run<number> {
      this.trace('this_cpu_zone_alloc_fill');
      const chunk = this.vmap_area_cachep.alloc();
      if (chunk === null) return this.VMALLOC_END;
      yield* this.spin_lock(this.free_vmap_area_lock);
      const start = this.takeChunk(z);
      yield* this.spin_unlock(this.free_vmap_area_lock);
      if (start === this.VMALLOC_END) {
        this.vmap_area_cachep.free(chunk);
        return start;
      }
      chunk.va_start = start;
      chunk.va_end = start + this.cvz_size;

      const { root, head, lock } = z.fbl.FREE;
      yield* this.spin_lock(lock);
      const va = merge_or_add_vmap_area_augment(chunk, root, head, this.vmap_area_cachep);
      if (va === null) throw new KernelOops('this_cpu_zone_alloc_fill: va is NULL');
      const end = this.VMALLOC_END;
      const addr = this.va_alloc(va, size, align, VMALLOC_START, end, root, head);
      yield* this.spin_unlock(lock);
      return addr;
    }

    /** A range of what this CPU has prefetched, or VMALLOC_END: look in the shared heap. */
    *this_cpu_zone_alloc(size: number, align: number): Run<number> {
      const z = this.per_cpu_zone(this.current.cpu);
      const extra = align > 1 ? align : 0;
      const end = this.VMALLOC_END;
      if (this.cvz_size === ULONG_MAX || this.isTooLarge(size, extra)) return end;

      let addr = end;
      let left = 0;
      const { root, head, lock } = z.fbl.FREE;
      if (!(yield* this.RB_EMPTY_ROOT(z.fbl.FREE))) {
        yield* this.spin_lock(lock);
        addr = this.__alloc_vmap_area(size, align, VMALLOC_START, end, root, head);
        if (addr === end) left = get_subtree_max_size(root.rb_node);
        yield* this.spin_unlock(lock);
      }
      if (addr !== end || left >= LOW_WATERMARK) return addr;
      return yield* this.this_cpu_zone_alloc_fill(z, size, align);
    }

    /** alloc_vmap_area() begins with the zone if the whole of vmalloc space will do. */
    override *allocFromHeap(
      size: number,
      align: number,
      vstart: number,
      vend: number,
    ): Run<number> {
      if (vstart === VMALLOC_START && vend === this.VMALLOC_END) {
        const addr = yield* this.this_cpu_zone_alloc(size, align);
        if (addr !== vend) return addr;
      }
      return yield* super.allocFromHeap(size, align, vstart, vend);
    }

    *drop_cpu_vmap_cache(z: CpuVmapZone): Run<void> {
      const { root, head, lock } = z.fbl.FREE;
      if (yield* this.RB_EMPTY_ROOT(z.fbl.FREE)) return;
      const free_head = new ListHead<VmapArea>(null);
      yield* this.spin_lock(lock);
      root.rb_node = null;
      list_replace_init(head, free_head);
      yield* this.spin_unlock(lock);

      yield* this.spin_lock(this.free_vmap_area_lock);
      for (let node = free_head.next; node.owner !== null; ) {
        const va = node.owner;
        node = node.next;
        this.freePurgedArea(va);
      }
      yield* this.spin_unlock(this.free_vmap_area_lock);
    }

    /** In C the caller drops the cache, right after this. */
    override *purge_cpu_vmap_zone(z: CpuVmapZone): Run<number> {
      const num_purged_areas = yield* super.purge_cpu_vmap_zone(z);
      yield* this.drop_cpu_vmap_cache(z);
      return num_purged_areas;
    }

    override forEachPooled(visit: (va: VmapArea) => void): void {
      const zones = this.machine.possibleCpus.map((cpu) => this.per_cpu_zone(cpu).fbl.FREE);
      forEachInOrder(zones, visit);
    }
  };
}
