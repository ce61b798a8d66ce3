import type { Hardware } from '../hardware/hardware.ts';
import type { Machine } from '../hardware/machine.ts';
import { DirectMapPerm, type KernelObserver } from '../hardware/observer.ts';
import { Task } from './locks.ts';
import type { Run } from './point.ts';
import { Vread } from './vread.ts';

/** The whole of mm/vmalloc.c as of v6.1: the base every version and patch is built on. */
export class Kernel extends Vread {
  constructor(machine: Machine, hardware: Hardware, observer: KernelObserver) {
    super(machine, hardware, observer);
    this.vmalloc_init();
  }

  vmalloc_init(): void {
    this.vmap_block_queue_init();
    this.vfree_deferred_init();
    this.vmap_init_free_space();
  }

  /** Runs the work items that are pending now, each on a worker of its CPU. */
  *runPendingWork(): Run<void> {
    const caller = this.current;
    for (const work of this.pendingWork.splice(0)) {
      work.pending = false;
      this.current = new Task(`kworker/${work.cpu}`, work.cpu);
      yield* work.run();
    }
    this.current = caller;
  }

  /**
   * What a module loader does to its text: makes the frames of an area read-only in the direct map
   * too. Flushes lazily freed aliases first, and the direct map pages last, unless nothing changed.
   * Source: change_page_attr_set_clr() in arch/x86/mm/pat/set_memory.c.
   */
  *set_memory_ro(vpn: number): Run<void> {
    const area = yield* this.find_vm_area(vpn);
    const pages = [...(area?.pages ?? [])].sort((a, b) => a - b);
    yield* this.vm_unmap_aliases();
    if (pages.every((pfn) => this.directMapPerm(pfn) === DirectMapPerm.readOnly)) return;
    for (const pfn of pages) this.setDirectMap(pfn, DirectMapPerm.readOnly);
    yield* this.cpa_flush(pages);
  }

  /** Flushes the direct-map pages of frames (pfn, ascending), run by run. */
  *cpa_flush(pages: readonly number[]): Run<void> {
    for (let i = 0; i < pages.length; ) {
      const first = pages[i] ?? 0;
      let count = 1;
      while (pages[i + count] === first + count) count++;
      const start = this.machine.directMapVpn + first;
      yield* this.flush_tlb_kernel_range(start, start + count);
      i += count;
    }
  }
}

/** A kernel class: what a patch takes and returns. */
export type KernelClass = new (
  machine: Machine,
  hardware: Hardware,
  observer: KernelObserver,
) => Kernel;
