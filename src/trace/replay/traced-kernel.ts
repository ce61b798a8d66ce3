import { Hardware } from '../../../models/hardware/hardware.ts';
import type { Machine } from '../../../models/hardware/machine.ts';
import type { KernelObserver } from '../../../models/hardware/observer.ts';
import type { Kernel, KernelClass } from '../../../models/kernel/kernel.ts';
import type { AtomicLong } from '../../../models/kernel/kernel-base.ts';
import type { Lock, Task } from '../../../models/kernel/locks.ts';
import { PassedStep, type Run, type Step } from '../../../models/kernel/point.ts';
import { type ListHead, list_empty } from '../../../models/kernel/structures/list.ts';
import type { RbRoot } from '../../../models/kernel/structures/rbtree.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import { __find_vmap_area } from '../../../models/kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../../../models/kernel/vm-struct.ts';
import type { VmapBlock, VmapBlockIndex } from '../../../models/kernel/vmap-block-node.ts';
import type { VmapNode } from '../../../models/kernel/vmap-node.ts';
import { PoolLooks } from './pool-looks.ts';
import type { Probe } from './probe.ts';

/** Where a task stands when it has made up its mind to take address space. */
export const BEFORE_ALLOCATION = 'alloc_vmap_area';

const passed = new PassedStep<void>(undefined);
const nothing = (): void => {};

/** Nobody watches the hardware: what counts is what the kernel asks of it. */
const deaf: KernelObserver = {
  ptesSet: nothing,
  ptesCleared: nothing,
  flushAsked: nothing,
  invalidated: nothing,
  frameAllocated: nothing,
  frameFreed: nothing,
  directMapSet: nothing,
  innerFreeBegins: nothing,
  innerFreeReturned: nothing,
  complaint: nothing,
  innerAllocated: nothing,
};

/** A kernel with probes where the recorder of the traces had its own. */
export interface TracedKernel {
  readonly kernel: Kernel;
  readonly looks: PoolLooks;
}

/** The purge that is under way; there is one at a time, under vmap_purge_lock. */
interface PurgeUnderWay {
  readonly task: Task;
  readonly nodes: VmapNode[];
  start: number;
  end: number;
  merged: number;
}

/**
 * Boots a policy's kernel, stopping at every scheduling point, with probes in it. `startPage` is
 * VMALLOC_START in pages from address 0: the kernel hashes whole addresses.
 */
export function bootTraced(
  Base: KernelClass,
  machine: Machine,
  startPage: bigint,
  probe: Probe,
): TracedKernel {
  const looks = new PoolLooks();
  const popped = new Set<Task>();
  const rotated = new Set<Task>();
  let purge: PurgeUnderWay | null = null;
  const offset = (unit: number, count: number): number =>
    unit * Number((startPage / BigInt(unit)) % BigInt(count));
  const nodeOffset = offset(machine.zonePages, machine.vmapNodes);
  const blockOffset = offset(machine.vmapBbmapBits, blockHashes(machine));

  class Traced extends Base {
    override addr_to_node_id(vpn: number): number {
      return super.addr_to_node_id(vpn + nodeOffset);
    }

    override addr_to_vb_xa(vpn: number): VmapBlockIndex {
      return super.addr_to_vb_xa(vpn + blockOffset);
    }

    override trace(name: string): void {
      if (name === 'node_pool_del_va: not aligned') rotated.add(this.current);
    }

    override vunmap_range_noflush(): Step<void> {
      return passed;
    }

    override flush_tlb_kernel_range(start: number, end: number): Step<void> {
      probe('T', [start, end]);
      if (purge !== null) {
        purge.start = start;
        purge.end = end;
      }
      return passed;
    }

    override flush_tlb_kernel_vas(ranges: readonly number[]): Step<void> {
      for (let i = 0; i < ranges.length; i += 2) probe('T', [ranges[i] ?? 0, ranges[i + 1] ?? 0]);
      return passed;
    }

    override atomic_long_add_return(amount: number, counter: AtomicLong): Step<number> {
      const step = super.atomic_long_add_return(amount, counter);
      return counter === this.vmap_lazy_nr ? counted(step, amount) : step;
    }

    override *alloc_vmap_area(
      size: number,
      align: number,
      vstart: number,
      vend: number,
      va_flags = 0,
      vm: VmStruct | null = null,
    ): Run<VmapArea | number> {
      yield { kind: 'work', object: this, label: BEFORE_ALLOCATION };
      const task = this.current;
      popped.delete(task);
      const va = yield* super.alloc_vmap_area(size, align, vstart, vend, va_flags, vm);
      const addr = typeof va === 'number' ? Number.NaN : va.va_start;
      probe('A', [addr, size, popped.has(task) ? 1 : 0]);
      return va;
    }

    override *node_pool_del_va(
      vn: VmapNode,
      size: number,
      align: number,
      vstart: number,
      vend: number,
    ): Run<VmapArea | null> {
      if (looks.cameEarlier(this.current)) return null;
      const va = yield* super.node_pool_del_va(vn, size, align, vstart, vend);
      if (va !== null) popped.add(this.current);
      if (rotated.delete(this.current)) probe('R', [this.#lastOfPool(vn, size)]);
      return va;
    }

    #lastOfPool(vn: VmapNode, size: number): number {
      return this.size_to_va_pool(vn, size)?.head.prev.owner?.va_start ?? 0;
    }

    override *node_pool_add_va(n: VmapNode, va: VmapArea): Run<boolean> {
      const values = [va.va_start, va.va_end - va.va_start, n.id];
      const pool = this.size_to_va_pool(n, va.va_end - va.va_start);
      const wasEmpty = pool !== null && list_empty(pool.head);
      const added = yield* super.node_pool_add_va(n, va);
      if (!added) return false;
      if (wasEmpty) looks.noLongerEmpty(pool);
      probe('Q', values);
      return true;
    }

    override *decay_va_pool_node(vn: VmapNode, full_decay: boolean): Run<void> {
      probe('C', [vn.id, full_decay ? 1 : 0]);
      looks.decayBegins(vn);
      yield* super.decay_va_pool_node(vn, full_decay);
      looks.decayEnds(vn);
    }

    override takeDecayedArea(va: VmapArea, root: RbRoot<VmapArea>, head: ListHead<VmapArea>): void {
      probe('K', [va.va_start, va.va_end - va.va_start]);
      super.takeDecayedArea(va, root, head);
    }

    override *detachLazyAreas(vn: VmapNode): Run<boolean> {
      const detached = yield* super.detachLazyAreas(vn);
      if (!detached) return false;
      purge?.nodes.push(vn);
      probe('D', [vn.id]);
      return true;
    }

    /** Kernels without nodes detach the lazy areas in the purge itself, under this lock. */
    override spin_lock(lock: Lock): Step<void> {
      const detaches = lock === this.purge_vmap_area_lock && purge?.task === this.current;
      return detaches ? this.#lockLazyAreas(lock) : super.spin_lock(lock);
    }

    *#lockLazyAreas(lock: Lock): Run<void> {
      yield* super.spin_lock(lock);
      if (!list_empty(this.purge_vmap_area_list)) probe('D', [0]);
    }

    override *purge_vmap_node(vn: VmapNode): Run<void> {
      probe('n', [vn.id]);
      yield* super.purge_vmap_node(vn);
    }

    override freePurgedArea(va: VmapArea): boolean {
      probe('M', [va.va_start, va.va_end - va.va_start]);
      if (purge !== null) purge.merged++;
      return super.freePurgedArea(va);
    }

    override *__purge_vmap_area_lazy(start: number, end: number, full = false): Run<boolean> {
      probe('P', [start, end, full ? 1 : 0]);
      const own = { task: this.current, nodes: [], start, end, merged: 0 };
      purge = own;
      const purged = yield* super.__purge_vmap_area_lazy(start, end, full);
      purge = null;
      probe('q', [own.start, own.end, this.#purgedBy(own)]);
      probe('p', [purged ? 1 : 0]);
      return purged;
    }

    #purgedBy({ nodes, merged }: PurgeUnderWay): number {
      if (this.vmap_nodes.length === 0) return merged;
      return nodes.reduce((sum, vn) => sum + vn.nr_purged, 0);
    }

    override *free_vmap_area_noflush(va: VmapArea): Run<void> {
      const { va_start, va_end, flags } = va;
      yield* super.free_vmap_area_noflush(va);
      probe('F', [va_start, va_end - va_start, this.#ownerOf(flags), this.#lazyNodeOf(va_start)]);
    }

    #ownerOf(flags: number): number {
      const node = this.vmap_nodes.length === 0 ? this.nr_vmap_nodes : this.decode_vn_id(flags);
      return node === this.nr_vmap_nodes ? -1 : node;
    }

    #lazyNodeOf(vpn: number): number {
      const isHere = (vn: VmapNode) => __find_vmap_area(vpn, vn.lazy.root) !== null;
      return this.vmap_nodes.find(isHere)?.id ?? 0;
    }

    override *free_vmap_block(vb: VmapBlock): Run<void> {
      probe('X', [vb.va.va_start, vb.free, vb.dirty]);
      yield* super.free_vmap_block(vb);
    }
  }

  function* counted(step: Step<number>, amount: number): Run<number> {
    const value = yield* step;
    probe('count', [amount]);
    return value;
  }

  const kernel = new Traced(machine, new Hardware(machine, deaf), deaf);
  kernel.interleaved = true;
  kernel.workersAreTasks = true;
  return { kernel, looks };
}

/** Blocks are hashed to CPUs, nr_cpu_ids of them. */
function blockHashes({ possibleCpus }: Machine): number {
  return 1 + Math.max(...possibleCpus);
}
