/** What every line of a trace says: when, where and who. */
export interface Stamp {
  /** Of the file, unpacked, counted from 1. */
  readonly line: number;
  /** Nanoseconds since boot; null: recorded before there was a clock, the order holds. */
  readonly time: number | null;
  readonly cpu: number;
  readonly pid: number;
}

/** What an area is for. Early in the boot the recorder may not have been able to tell. */
export const AREA_KINDS = [
  'vmalloc',
  'vmap',
  'stack',
  'ioremap',
  'module',
  'vmblock',
  'mapram',
  'percpu',
] as const;

export type AreaKind = (typeof AREA_KINDS)[number];

/** Address space was taken. Sizes are pages, guard page included. */
export interface AreaTaken extends Stamp {
  readonly code: 'A';
  readonly addr: number;
  readonly pages: number;
  /** Pages, a power of two. */
  readonly align: number;
  readonly kind: AreaKind;
  /** From the global heap, a node's pool, or top-down for the per-CPU allocator. */
  readonly source: 'G' | 'P' | 'T';
  readonly caller: string;
  /** The range it may lie in, [low, high); null: from VMALLOC_START to VMALLOC_END. */
  readonly range: readonly [number, number] | null;
}

/** An area was put among the lazy ones. */
export interface AreaLazy extends Stamp {
  readonly code: 'F';
  readonly addr: number;
  readonly pages: number;
  /** The node whose pool it goes to, -1 for none; null: a kernel without nodes. */
  readonly owner: number | null;
  /** The node among whose lazy areas it is now; null: a kernel without nodes. */
  readonly node: number | null;
  /** vmap_lazy_nr, as the addition of its pages returned it. */
  readonly lazyNr: number;
}

/** A range of pages, [start, start + pages). */
export interface PagesEvent extends Stamp {
  /**
   * M: merged among the free areas; K: taken out of a pool by decay; G, N: PTEs set, cleared;
   * B: what vm_map_ram returned, NaN for NULL; b: vm_unmap_ram is called.
   */
  readonly code: 'M' | 'K' | 'G' | 'N' | 'B' | 'b';
  readonly start: number;
  readonly pages: number;
}

/** A purged area became the head of a pool. */
export interface AreaPooled extends Stamp {
  readonly code: 'Q';
  readonly start: number;
  readonly pages: number;
  readonly node: number;
}

/** __purge_vmap_area_lazy() is called; an empty range is [Infinity, -Infinity). */
export interface PurgeCalled extends Stamp {
  readonly code: 'P';
  readonly start: number;
  readonly end: number;
  readonly full: boolean;
}

/** The tracepoint at the end of a purge; an empty range is [Infinity, -Infinity). */
export interface PurgeTraced extends Stamp {
  readonly code: 'q';
  readonly start: number;
  readonly end: number;
  readonly purged: number;
}

/** decay_va_pool_node() is called. */
export interface DecayCalled extends Stamp {
  readonly code: 'C';
  readonly node: number;
  readonly full: boolean;
}

/** flush_tlb_kernel_range(start, end) is called. */
export interface Flushed extends Stamp {
  readonly code: 'T';
  readonly start: number;
  readonly end: number;
  readonly caller: string;
}

/** free_vmap_block() is called. */
export interface BlockFreed extends Stamp {
  readonly code: 'X';
  readonly addr: number;
  readonly free: number;
  readonly dirty: number;
}

/** _vm_unmap_aliases() is called; `flush` is null where the recorder could not see it. */
export interface AliasesCalled extends Stamp {
  readonly code: 'U';
  readonly flush: boolean | null;
}

/** Something with one number. */
export interface NumberEvent extends Stamp {
  /**
   * p: a purge returned (1: it purged something); D: the lazy areas of a node were detached; n:
   * purge_vmap_node() of a node begins; R: the head of a pool, at this page, is not aligned enough
   * and went to the tail; Bs: vm_map_ram() of so many pages is called.
   */
  readonly code: 'p' | 'D' | 'n' | 'R' | 'Bs';
  readonly value: number;
}

/** A call that gives an area back begins. */
export interface FreeCalled extends Stamp {
  readonly code: 'V';
  /** NaN: NULL, or the recorder could not read it. */
  readonly addr: number;
  readonly how: string;
  readonly caller: string;
}

/** _vm_unmap_aliases() returned (u), or drain_vmap_area_work() begins (W). */
export interface PlainEvent extends Stamp {
  readonly code: 'u' | 'W';
}

/** What the recorder or a module loader noted. */
export interface Mark extends Stamp {
  readonly code: 'm' | 'module_load' | 'module_free' | 'early';
  readonly name: string;
}

export type TraceEvent =
  | AreaTaken
  | AreaLazy
  | PagesEvent
  | AreaPooled
  | PurgeCalled
  | PurgeTraced
  | DecayCalled
  | Flushed
  | BlockFreed
  | AliasesCalled
  | NumberEvent
  | FreeCalled
  | PlainEvent
  | Mark;

/** A block as a snapshot shows it: on a CPU's free list (q), or in the index (x). */
export interface SnapshotBlock {
  readonly list: 'q' | 'x';
  /** Whose list or index it is; -1: there is one index for all. */
  readonly cpu: number;
  readonly start: number;
  readonly free: number;
  readonly dirty: number;
  readonly dirtyMin: number;
  readonly dirtyMax: number;
}

/** The allocator's whole state, the machine stopped. Areas are [start, pages, node]. */
export interface Snapshot {
  readonly code: 'snap';
  readonly line: number;
  readonly time: number;
  readonly name: string;
  readonly lazyNr: number;
  /** [start, end) in ascending order; the outermost bounds are -Infinity and Infinity. */
  readonly free: readonly (readonly [number, number])[];
  readonly busy: readonly (readonly [number, number, number])[];
  readonly lazy: readonly (readonly [number, number, number])[];
  /** In the order of the pools' lists, head first. */
  readonly pool: readonly (readonly [number, number, number])[];
  readonly blocks: readonly SnapshotBlock[];
}

export type TraceLine = TraceEvent | Snapshot;

/** The machine a trace was recorded on. */
export interface TraceHeader {
  readonly kernel: string;
  readonly cpus: number;
  readonly onlineCpus: number;
  /** VMALLOC_START, in pages from address 0. */
  readonly startPage: bigint;
  /** VMALLOC_END - VMALLOC_START in whole pages. */
  readonly vmallocPages: number;
  readonly modules: readonly [number, number];
  readonly nodes: number;
  readonly zonePages: number;
  readonly lazyMaxPages: number;
  readonly blockPages: number;
  readonly comm: ReadonlyMap<number, string>;
}

/** A trace that was read: well-formed, every line of it. */
export interface KernelTrace {
  readonly header: TraceHeader;
  /** Line 2 and what follows. */
  readonly lines: readonly TraceLine[];
  /** Whether the recorder's mark for the end is there. */
  readonly complete: boolean;
}
