import { VMALLOC_START } from '../hardware/machine.ts';
import { IS_ERR, NULL } from './err.ts';
import { ADDRESS_ZERO, ULONG_MAX } from './lazy-purge.ts';
import type { Run } from './point.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { VmapBlocks } from './vmap-block.ts';

/** vm_unmap_aliases and the vm_map_ram interface. mm/vmalloc.c, v6.1. */
export abstract class UnmapAliases extends VmapBlocks {
  /**
   * Flushes what was unmapped and not yet flushed, in one hull together with [start, end), a range
   * the caller wants flushed if `flush` is set. Sees only blocks on the free lists.
   */
  *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
    this.might_sleep();
    for (const cpu of this.machine.possibleCpus) {
      const vbq = this.per_cpu_vbq(cpu);
      this.rcu_read_lock();
      for (
        let node = yield* this.next_rcu(vbq.free);
        node?.owner;
        node = yield* this.next_rcu(node)
      ) {
        const vb = node.owner;
        yield* this.spin_lock(vb.lock);
        if (this.hasDirtyRange(vb)) {
          start = Math.min(vb.va.va_start + vb.dirty_min, start);
          end = Math.max(vb.va.va_start + vb.dirty_max, end);
          this.dirtyRangeCollected(vb);
          flush = true;
        }
        yield* this.spin_unlock(vb.lock);
      }
      this.rcu_read_unlock();
    }

    yield* this.mutex_lock(this.vmap_purge_lock);
    yield* this.purge_fragmented_blocks_allcpus();
    const purged = yield* this.__purge_vmap_area_lazy(start, end);
    if (!purged && flush) yield* this.flush_tlb_kernel_range(start, end);
    yield* this.mutex_unlock(this.vmap_purge_lock);
  }

  /** After it returns, no page whose unmap had returned before has an alias in any TLB. */
  vm_unmap_aliases(): Run<void> {
    return this._vm_unmap_aliases(ULONG_MAX, ADDRESS_ZERO, false);
  }

  /** Unmaps what vm_map_ram mapped at `addr`; `count` pages as passed there. */
  *vm_unmap_ram(addr: number, count: number): Run<void> {
    this.might_sleep();
    this.BUG_ON(addr === NULL, 'vm_unmap_ram: !addr');
    this.BUG_ON(addr < VMALLOC_START, 'vm_unmap_ram: addr < VMALLOC_START');
    this.BUG_ON(addr > this.VMALLOC_END, 'vm_unmap_ram: addr > VMALLOC_END');
    if (count <= this.VMAP_MAX_ALLOC) {
      yield* this.vb_free(addr, count);
      return;
    }
    yield* this.vm_unmap_ram_area(addr);
  }

  /** The part of vm_unmap_ram for what has an area of its own. */
  *vm_unmap_ram_area(addr: number): Run<void> {
    const va = yield* this.find_vmap_area(addr);
    if (va === null) {
      this.BUG_ON(true, 'vm_unmap_ram: !va');
      return;
    }
    yield* this.free_unmap_vmap_area(va);
  }

  /** Maps `count` frames; returns the vpn, or NULL if there is no room or no memory. */
  *vm_map_ram(frames: ArrayLike<number>, count: number): Run<number> {
    let addr: number;
    if (count <= this.VMAP_MAX_ALLOC) {
      addr = yield* this.vb_alloc(count);
      if (IS_ERR(addr)) return NULL;
    } else {
      const va = yield* this.alloc_vm_map_ram_area(count);
      if (typeof va === 'number') return NULL;
      addr = va.va_start;
    }
    if ((yield* this.vmap_pages_range(addr, count, frames)) < 0) {
      yield* this.vm_unmap_ram(addr, count);
      return NULL;
    }
    return addr;
  }

  /** Address space for what is too large for a block. */
  alloc_vm_map_ram_area(count: number): Run<VmapArea | number> {
    return this.alloc_vmap_area(count, 1, VMALLOC_START, this.VMALLOC_END);
  }
}
