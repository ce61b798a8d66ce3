import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { StaleTlb } from '../../models/hardware/tlb.ts';
import type { Footprint } from '../../models/kernel/footprint.ts';
import type { Point } from '../../models/kernel/point.ts';
import type { Walk } from '../../models/kernel/walks.ts';
import type { PointName } from '../scenario/schedule.ts';

/**
 * What executes operations: a policy in TypeScript, or the kernel's own C file. Explorers,
 * properties, minimiser and reports know only this port.
 */
export interface Subject {
  /** As the user wrote it: `v6.4`, a path, `linux:PATH`. */
  readonly name: string;
  /** Boots a machine. Every event from now on goes to the observer, as it happens. */
  boot(machine: Machine, observer: KernelObserver): Session;
}

/** One booted machine. Calls run on the current CPU, to completion. */
export interface Session {
  call(call: Call): Outcome;
  /** Lets calls run as tasks beside each other from now on; `call` must not be used any more. */
  tasks(): Tasks;
  /** Fills the kernel's own bookkeeping in; see KernelState. Valid until the next call. */
  inspect(): KernelState;
  /** How many allocations were made to fail since boot. */
  failedAllocations(): number;
  /** The subject's own simulated TLBs, to be held against the reference's; null: it has none. */
  staleTlb(): StaleTlb | null;
  /**
   * How often each tracepoint was passed since boot, by name; NaN: the subject does not tell. For
   * coverage figures.
   */
  tracepoints(): ReadonlyMap<string, number>;
  /** The most there was since boot of what only the kernel itself sees; null: it does not tell. */
  peaks(): Peaks | null;
  /**
   * Tells from now on which kernel functions run; a subject that cannot tell never does. That makes
   * calls slow: for explaining what happened.
   */
  followFunctions(listener: FunctionListener): void;
}

/** Is told which functions of mm/vmalloc.c run, one within the other. */
export interface FunctionListener {
  /** `block`: the first page of the block the function is given, vpn; null: it is given none. */
  entered(name: string, block: number | null): void;
  /**
   * The function entered last and not left yet has ended; `failed`: it returned NULL or an error,
   * or the machine died in it.
   */
  left(failed: boolean): void;
  /** The lock of the block with this first page (vpn) is taken. */
  lockedBlock(block: number): void;
}

/** High-water marks. */
export interface Peaks {
  /** vmap_lazy_nr, in pages. */
  readonly lazyPages: number;
  /** The longest walk along lists under each lock. */
  readonly walks: readonly Walk[];
}

/** The tasks of a machine, each stopped at a scheduling point, in a call, or idle. */
export interface Tasks {
  /** A new idle task on a CPU; returns its number, from 0. */
  spawn(name: string, cpu: number): number;
  /** Begins a call on an idle task, which is then about to take its first step. */
  begin(task: number, call: Call): void;
  /** Starts the work item that was scheduled first as a task; -1: none is pending. */
  spawnWorker(): number;
  /**
   * Lets a task run to its next scheduling point, or to the end of its call, whose outcome it then
   * returns. The point it stops at is in `pointOf`.
   */
  step(task: number): Outcome | null;
  /**
   * The same for several steps of one task in a row, `most` of them, or fewer if its call ends.
   * They need not be added to the footprint, and points have no names meanwhile.
   */
  stepMany(task: number, most: number): StepsTaken;
  /**
   * What the steps since it was last cleared have touched: tasks add to it, whoever steps them
   * clears it.
   */
  readonly footprint: Footprint;
  /** Adds to the footprint what can be told of a task's next step before it is taken. */
  noteNext(task: number): void;
  /** What a task is about to do when it is stepped next. */
  pointOf(task: number): Point | null;
  /** From now on points have names. That makes stepping slow: for showing and reading schedules. */
  startNaming(): void;
  /** What that point is called in the C source; null where a call or work item has just begun. */
  pointNameOf(task: number): PointName | null;
  /** Whether stepping it would get anywhere: it is in a call, waits for no lock, and may run. */
  canStep(task: number): boolean;
  /** Whether its CPU is free for it: no other task there is in atomic context. */
  mayRun(task: number): boolean;
  nameOf(task: number): string;
  cpuOf(task: number): number;
}

/** What several steps of one task came to. */
export interface StepsTaken {
  readonly steps: number;
  /** Set if the call has ended with the last of them. */
  readonly outcome: Outcome | null;
}

/** A kernel call or world event with every operand resolved to numbers (pages, vpn, pfn). */
export type Call =
  | {
      readonly kind: 'vmalloc';
      readonly pages: number;
      readonly align: number;
      readonly range: 'vmalloc' | 'modules';
      readonly resetPerms: boolean;
    }
  | { readonly kind: 'vmap'; readonly frames: readonly number[]; readonly pages: number }
  | { readonly kind: 'vm_map_ram'; readonly frames: readonly number[]; readonly pages: number }
  | { readonly kind: 'get_vm_area'; readonly pages: number }
  | { readonly kind: 'ioremap'; readonly frames: readonly number[]; readonly pages: number }
  | {
      readonly kind: 'pcpu_get_vm_areas';
      readonly offsets: readonly number[];
      readonly sizes: readonly number[];
      readonly align: number;
    }
  | { readonly kind: 'vfree'; readonly vpn: number }
  | { readonly kind: 'vfree_atomic'; readonly vpn: number }
  | { readonly kind: 'vunmap'; readonly vpn: number }
  | { readonly kind: 'free_vm_area'; readonly vpn: number }
  | { readonly kind: 'pcpu_free_vm_areas'; readonly vpn: number }
  | { readonly kind: 'vm_unmap_ram'; readonly vpn: number; readonly pages: number }
  | { readonly kind: 'vm_unmap_aliases' }
  | { readonly kind: 'set_memory_ro'; readonly vpn: number }
  | { readonly kind: 'vread'; readonly vpn: number; readonly pages: number }
  | { readonly kind: 'vmalloc_to_page'; readonly vpn: number }
  | { readonly kind: 'find_vm_area'; readonly vpn: number }
  | { readonly kind: 'migrate'; readonly cpu: number }
  | { readonly kind: 'run_work' }
  | { readonly kind: 'shrink' }
  | { readonly kind: 'fail_alloc'; readonly nth: number }
  | { readonly kind: 'register_vmap_purge_notifier'; readonly vpn: number };

/** How a call ended. `warning`: the kernel complained (WARN) on the way. */
export type Outcome =
  /** Returned; `value` is a vpn, a pfn, or 0 where the call returns nothing. */
  | { readonly status: 'returned'; readonly value: number; readonly warning: string | null }
  /**
   * Returned several values: the areas of pcpu_get_vm_areas, the frames vread copied (0: zeroes).
   */
  | {
      readonly status: 'returned-many';
      readonly values: readonly number[];
      readonly warning: string | null;
    }
  /** Returned NULL or an error. */
  | { readonly status: 'failed'; readonly reason: string; readonly warning: string | null }
  /** The machine has stopped. */
  | { readonly status: 'died'; readonly reason: string; readonly cause: DeathCause };

/** `bug`: BUG_ON; `oops`: NULL, freed or uninitialised memory used; `locking`: a deadlock. */
export type DeathCause = 'bug' | 'oops' | 'locking';

/** The kernel's bookkeeping, as flat lists of numbers in ascending address order. */
export interface KernelState {
  /** [start, end, hasVm (0|1)] of every busy vmap_area. */
  readonly busy: readonly number[];
  /** [start, end] of every lazily freed range waiting for a purge. */
  readonly lazy: readonly number[];
  /** [start, end] of every free range, LOWEST_VPN .. HIGHEST_VPN. */
  readonly free: readonly number[];
  /** [start, end] of every range that is neither busy nor in the common heap, but kept for one CPU
   * or one size: pooled or prefetched. */
  readonly pooled: readonly number[];
  /** [node, pages, len, areas] of every pool of a vmap node that has areas or says so: what its
   * `len` says, and how many areas are on its list. */
  readonly pools: readonly number[];
  /** Whether each free range has a vmap_area of its own: since v5.2. */
  readonly freeRangesAreAreas: boolean;
  /** [start, free, dirty, dirty_min, dirty_max, cpu, queue] of every block in the index;
   * `queue` is the CPU whose free list it is on, -1 for none. */
  readonly blocks: readonly number[];
  readonly vmapLazyNr: number;
  /** Live kernel objects by kind: vmap_area, vm_struct, vmap_block, page_array. */
  readonly objects: ReadonlyMap<string, number>;
  /** Preloaded or otherwise cached vmap_area objects that describe no range. */
  readonly spareVmapAreas: number;
  /** Work items scheduled and not yet run. */
  readonly pendingWork: number;
}
