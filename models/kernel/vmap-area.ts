import { HIGHEST_VPN, LOWEST_VPN } from '../hardware/machine.ts';
import { ALIGN, EBUSY, ENOMEM } from './err.ts';
import { AREA_WRITE } from './footprint.ts';
import type { Lock } from './locks.ts';
import { PageTables } from './page-tables.ts';
import type { Run } from './point.ts';
import { ListHead } from './structures/list.ts';
import { RbRoot } from './structures/rbtree.ts';
import { type AreaSlab, VmapArea } from './structures/vmap-area-node.ts';
import {
  __find_vmap_area,
  augment_tree_propagate_from,
  find_vmap_lowest_match,
  insert_vmap_area,
  insert_vmap_area_augment,
  merge_or_add_vmap_area_augment,
  unlink_va,
  unlink_va_augment,
} from './structures/vmap-area-tree.ts';
import type { VmStruct } from './vm-struct.ts';

/** struct rb_list: areas in a tree and, in address order, in a list, under one lock. */
export interface RbList {
  readonly root: RbRoot<VmapArea>;
  readonly head: ListHead<VmapArea>;
  readonly lock: Lock;
}

/** Address space: busy areas, free areas, and how one becomes the other. mm/vmalloc.c, v6.1. */
export abstract class VmapAreas extends PageTables {
  readonly vmap_area_lock = this.newLock('vmap_area_lock');
  readonly free_vmap_area_lock = this.newLock('free_vmap_area_lock');
  readonly vmap_area_root = new RbRoot<VmapArea>();
  readonly vmap_area_list = new ListHead<VmapArea>(null);
  readonly #busy: RbList = {
    root: this.vmap_area_root,
    head: this.vmap_area_list,
    lock: this.vmap_area_lock,
  };
  readonly free_vmap_area_root = new RbRoot<VmapArea>();
  readonly free_vmap_area_list = new ListHead<VmapArea>(null);
  /** One spare vmap_area a CPU, for splitting a free area in the middle without an allocation. */
  readonly ne_fit_preload_node: (VmapArea | null)[] = [];
  /** Areas whose owners give them up when the purge notifier calls, by vpn. */
  readonly vmap_notify_list = this.numbered<number[]>([]);
  readonly vmap_area_cachep: AreaSlab = new KernelSlab(this);

  abstract purge_vmap_area_lazy(): Run<void>;
  abstract vunmap(vpn: number): Run<void>;

  /** Where an area that begins at `vpn` is kept while it is busy: one place for all, until v6.9. */
  busyOf(_vpn: number): RbList {
    return this.#busy;
  }

  /** The whole space is free: as vmalloc_init() leaves it on a machine without early areas. */
  vmap_init_free_space(): void {
    const va = this.vmap_area_cachep.alloc();
    if (va === null) return;
    va.va_start = LOWEST_VPN;
    va.va_end = HIGHEST_VPN;
    insert_vmap_area_augment(
      va,
      null,
      this.free_vmap_area_root,
      this.free_vmap_area_list,
      this.vmap_area_cachep,
    );
  }

  /**
   * Cuts [start, start + size) out of a free area of a tree and list, the global ones unless said
   * otherwise. Returns 0, or -1 if the split had no memory.
   */
  adjust_va_to_fit_type(
    va: VmapArea,
    start: number,
    size: number,
    root = this.free_vmap_area_root,
    head = this.free_vmap_area_list,
  ): number {
    const leftEdge = va.va_start === start;
    const rightEdge = va.va_end === start + size;
    if (start < va.va_start || start + size > va.va_end) return -1;
    if (leftEdge && rightEdge) {
      this.trace('FL_FIT_TYPE');
      unlink_va_augment(va, root, this.vmap_area_cachep);
      this.vmap_area_cachep.free(va);
      return 0;
    }
    let lva: VmapArea | null = null;
    if (leftEdge) {
      this.trace('LE_FIT_TYPE');
      va.va_start += size;
    } else if (rightEdge) {
      this.trace('RE_FIT_TYPE');
      va.va_end = start;
    } else {
      this.trace('NE_FIT_TYPE');
      const cpu = this.current.cpu;
      this.noteCpuWrite();
      lva = this.ne_fit_preload_node[cpu] ?? this.vmap_area_cachep.alloc();
      this.ne_fit_preload_node[cpu] = null;
      if (lva === null) return -1;
      lva.va_start = va.va_start;
      lva.va_end = start;
      va.va_start = start + size;
    }
    augment_tree_propagate_from(va);
    if (lva !== null) {
      insert_vmap_area_augment(lva, va, root, head, this.vmap_area_cachep);
    }
    return 0;
  }

  /** Whether the search asks for room to align in as well, besides `size`. All in pages. */
  adjustSearchSize(size: number, align: number, vstart: number, vend: number): boolean {
    return align > 1 && vend - vstart !== size;
  }

  /** Warns if a free area could not be split. Returns whether that is so. */
  warnOfSplit(failed: boolean, text: string): boolean {
    return this.WARN_ON(failed, text);
  }

  /**
   * The start of a newly taken range, lowest fit in a tree and list of free areas; `vend` if there
   * is none. All in pages.
   */
  __alloc_vmap_area(
    size: number,
    align: number,
    vstart: number,
    vend: number,
    root = this.free_vmap_area_root,
    head = this.free_vmap_area_list,
  ): number {
    const adjust_search_size = this.adjustSearchSize(size, align, vstart, vend);
    const va = find_vmap_lowest_match(root, size, align, vstart, adjust_search_size);
    if (va === null) return vend;
    return this.va_alloc(va, size, align, vstart, vend, root, head);
  }

  /**
   * Takes the range out of a free area that was found for it. A function of its own since v6.9;
   * before, the same lines stood in __alloc_vmap_area().
   */
  va_alloc(
    va: VmapArea,
    size: number,
    align: number,
    vstart: number,
    vend: number,
    root: RbRoot<VmapArea>,
    head: ListHead<VmapArea>,
  ): number {
    const start = ALIGN(Math.max(va.va_start, vstart), align);
    if (start + size > vend) return vend;
    const failed = this.adjust_va_to_fit_type(va, start, size, root, head) !== 0;
    const text = '__alloc_vmap_area: no memory to split a free area';
    return this.warnOfSplit(failed, text) ? vend : start;
  }

  /** Gives an area that was never mapped straight back. */
  *free_vmap_area(va: VmapArea): Run<void> {
    const busy = this.busyOf(va.va_start);
    yield* this.spin_lock(busy.lock);
    unlink_va(va, busy.root, this.vmap_area_cachep);
    yield* this.spin_unlock(busy.lock);

    yield* this.spin_lock(this.free_vmap_area_lock);
    merge_or_add_vmap_area_augment(
      va,
      this.free_vmap_area_root,
      this.free_vmap_area_list,
      this.vmap_area_cachep,
    );
    yield* this.spin_unlock(this.free_vmap_area_lock);
  }

  *preload_this_cpu_lock(lock: Lock): Run<void> {
    let va: VmapArea | null = null;
    this.noteCpuRead();
    if (!this.ne_fit_preload_node[this.current.cpu]) va = this.vmap_area_cachep.alloc();
    yield* this.spin_lock(lock);
    if (va === null) return;
    // Looked at again: the task may have moved to a CPU that has its spare already.
    const cpu = this.current.cpu;
    this.noteCpuWrite();
    if (this.ne_fit_preload_node[cpu]) this.vmap_area_cachep.free(va);
    else this.ne_fit_preload_node[cpu] = va;
  }

  /**
   * Takes `size` pages of address space within [vstart, vend), aligned to `align` pages (a power of
   * two). Returns the busy area, or ENOMEM, or EBUSY if there is no room even after a purge.
   * `va_flags` is 0 before v6.3, `vm` is null before v6.10.
   */
  *alloc_vmap_area(
    size: number,
    align: number,
    vstart: number,
    vend: number,
    va_flags = 0,
    vm: VmStruct | null = null,
  ): Run<VmapArea | number> {
    this.BUG_ON(size <= 0, 'alloc_vmap_area: !size');
    this.might_sleep();
    const va = this.vmap_area_cachep.alloc();
    if (va === null) return ENOMEM;

    const addr = yield* this.allocFromHeap(size, align, vstart, vend);
    if (addr === vend) {
      this.vmap_area_cachep.free(va);
      return EBUSY;
    }
    this.initArea(va, addr, size, va_flags, vm);
    yield* this.makeBusy(va);
    this.verifyArea(va, align, vstart, vend);
    return va;
  }

  /** Stops with BUG() if a new area is not what alloc_vmap_area was asked for. */
  verifyArea(va: VmapArea, align: number, vstart: number, vend: number): void {
    const isAligned = va.va_start === ALIGN(va.va_start, align);
    this.BUG_ON(!isAligned, 'alloc_vmap_area: va_start is not aligned');
    this.BUG_ON(va.va_start < vstart, 'alloc_vmap_area: va_start < vstart');
    this.BUG_ON(va.va_end > vend, 'alloc_vmap_area: va_end > vend');
  }

  /** The middle of alloc_vmap_area, with its two ways to try again; `vend`: there is no room. */
  *allocFromHeap(size: number, align: number, vstart: number, vend: number): Run<number> {
    for (let purged = false; ; ) {
      yield* this.preload_this_cpu_lock(this.free_vmap_area_lock);
      const addr = this.__alloc_vmap_area(size, align, vstart, vend);
      yield* this.spin_unlock(this.free_vmap_area_lock);
      if (addr !== vend) return addr;

      this.trace('alloc_vmap_area: overflow');
      if (!purged) {
        yield* this.purge_vmap_area_lazy();
        purged = true;
      } else if ((yield* this.blocking_notifier_call_chain()) > 0) {
        purged = false;
      } else {
        return vend;
      }
    }
  }

  /** The fields of an area nobody can find yet. Its caller binds `vm` to it, before v6.10. */
  initArea(va: VmapArea, addr: number, size: number, va_flags: number, _vm: VmStruct | null): void {
    va.va_start = addr;
    va.va_end = addr + size;
    va.vm = null;
    va.flags = va_flags;
  }

  /** Puts an area where others find it. */
  *makeBusy(va: VmapArea): Run<void> {
    const busy = this.busyOf(va.va_start);
    yield* this.spin_lock(busy.lock);
    insert_vmap_area(va, busy.root, busy.head, this.vmap_area_cachep);
    yield* this.spin_unlock(busy.lock);
  }

  /** Calls the purge notifiers; returns the pages of address space they gave up. */
  *blocking_notifier_call_chain(): Run<number> {
    let freed = 0;
    for (let vpn = this.nextToGiveUp(); vpn !== undefined; vpn = this.nextToGiveUp()) {
      this.trace('vmap_notify_list');
      const va = yield* this.find_vmap_area(vpn);
      if (va === null) continue;
      freed += va.va_end - va.va_start;
      yield* this.vunmap(vpn);
      this.innerFreeReturned(vpn);
    }
    return freed;
  }

  /** An area that its owner's notifier gives up: from now on the owner will not unmap it. */
  nextToGiveUp(): number | undefined {
    this.noteWrite(this.vmap_notify_list);
    const vpn = this.vmap_notify_list.shift();
    if (vpn !== undefined) this.innerFreeBegins(vpn);
    return vpn;
  }

  /** The kernel begins to free an area that no running call of the API names. */
  innerFreeBegins(vpn: number): void {
    this.notePages(vpn, vpn + 1, AREA_WRITE);
    this.observer.innerFreeBegins(vpn);
  }

  /** It is freed. */
  innerFreeReturned(vpn: number): void {
    this.notePages(vpn, vpn + 1, AREA_WRITE);
    this.observer.innerFreeReturned(vpn);
  }

  /** The purge notifier may give this area up. */
  register_vmap_purge_notifier(vpn: number): void {
    this.noteWrite(this.vmap_notify_list);
    this.vmap_notify_list.push(vpn);
  }

  /** An owner unmaps its area itself: its notifier has nothing to give up any more. */
  forgetNotifier(vpn: number): void {
    const at = this.vmap_notify_list.indexOf(vpn);
    this.noteRead(this.vmap_notify_list);
    if (at < 0) return;
    this.noteWrite(this.vmap_notify_list);
    this.vmap_notify_list.splice(at, 1);
  }

  *find_vmap_area(vpn: number): Run<VmapArea | null> {
    yield* this.spin_lock(this.vmap_area_lock);
    const va = __find_vmap_area(vpn, this.vmap_area_root);
    yield* this.spin_unlock(this.vmap_area_lock);
    return va;
  }

  /** Finds an area and takes it out of the busy ones in one step. Since v6.3. */
  *find_unlink_vmap_area(vpn: number): Run<VmapArea | null> {
    yield* this.spin_lock(this.vmap_area_lock);
    const va = __find_vmap_area(vpn, this.vmap_area_root);
    if (va !== null) unlink_va(va, this.vmap_area_root, this.vmap_area_cachep);
    yield* this.spin_unlock(this.vmap_area_lock);
    return va;
  }

  // For inspection, without scheduling points.

  /** Whether each free range has a vmap_area of its own: since v5.2. */
  readonly freeRangesAreAreas: boolean = true;

  forEachBusy(visit: (va: VmapArea) => void): void {
    forEachArea(this.vmap_area_list, visit);
  }

  forEachFree(visit: (va: VmapArea) => void): void {
    forEachArea(this.free_vmap_area_list, visit);
  }

  /** What is kept ready for one CPU or one size, in ascending order: nothing, until v6.9. */
  forEachPooled(_visit: (va: VmapArea) => void): void {}
}

/** kmem_cache_create("vmap_area_cachep"). */
class KernelSlab implements AreaSlab {
  readonly #kernel: VmapAreas;

  constructor(kernel: VmapAreas) {
    this.#kernel = kernel;
  }

  alloc(): VmapArea | null {
    return this.#kernel.kmalloc('vmap_area') ? new VmapArea() : null;
  }

  free(va: VmapArea): void {
    this.#kernel.kfree('vmap_area');
    va.poison();
  }

  warn(text: string): void {
    this.#kernel.WARN_ON(true, text);
  }
}

/** Visits every area of a list in its order. */
export function forEachArea(list: ListHead<VmapArea>, visit: (va: VmapArea) => void): void {
  for (let node = list.next; node.owner !== null; node = node.next) visit(node.owner);
}
