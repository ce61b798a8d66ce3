import type { KernelContext } from './kernel-context.ts';
import type { Lock } from './locks.ts';
import { KernelOops } from './oops.ts';
import { ListHead } from './structures/list.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import type { XArray } from './structures/xarray.ts';

/** An xarray of blocks with the lock that is part of it. */
export interface VmapBlockIndex {
  readonly lock: Lock;
  readonly blocks: XArray<VmapBlock>;
}

/** Per-CPU queue of blocks that still have free space (struct vmap_block_queue). */
export class VmapBlockQueue {
  readonly cpu: number;
  readonly lock: Lock;
  readonly free = new ListHead<VmapBlock>(null);
  /** Since v6.4: index of the blocks whose addresses hash to this CPU. */
  vmap_blocks: VmapBlockIndex | null = null;

  constructor(cpu: number, lock: Lock) {
    this.cpu = cpu;
    this.lock = lock;
  }
}

/**
 * One vmap_block: VMAP_BBMAP_BITS pages of address space that small vm_map_ram calls share.
 * Space is handed out from the front and never twice:
 *
 *   |<-- handed out: live or dirty -->|<------ free ------>|
 *   0                       VMAP_BBMAP_BITS - free    VMAP_BBMAP_BITS
 */
export class VmapBlock {
  readonly lock: Lock;
  readonly va: VmapArea;
  /** Stands, in footprints, for the memory it is in. */
  readonly memory: object;
  readonly #context: KernelContext;
  #free = Number.NaN;
  #dirty = Number.NaN;
  /** Hull of the dirty pages not yet flushed, offsets in pages; empty when min > max. */
  dirty_min = 0;
  dirty_max = 0;
  /** Pages in use, one bit each. Since v6.3; null before. */
  used_map: Uint32Array | null = null;
  readonly free_list: ListHead<VmapBlock> = new ListHead<VmapBlock>(this);
  readonly purge: ListHead<VmapBlock> = new ListHead<VmapBlock>(this);
  /** Its key in the index. */
  index = 0;
  /** The queue whose free list this block is on, for checking only. */
  queue: VmapBlockQueue | null = null;
  /** The CPU whose queue it was put on. Kernels before v6.10 do not read it. */
  cpu = 0;

  constructor(context: KernelContext, lock: Lock, va: VmapArea) {
    this.#context = context;
    this.lock = lock;
    this.va = va;
    this.memory = context.numbered({});
    context.numbered(this);
  }

  /** Pages never handed out. Read without the lock, as `dirty` is. */
  get free(): number {
    return initialised(this.#free, 'vb->free');
  }

  set free(pages: number) {
    this.#context.noteWrite(this);
    this.#free = pages;
  }

  /** Pages unmapped. */
  get dirty(): number {
    return initialised(this.#dirty, 'vb->dirty');
  }

  set dirty(pages: number) {
    this.#context.noteWrite(this);
    this.#dirty = pages;
  }
}

/** A field as it is read. Throws KernelOops if nobody has written it yet. */
function initialised(pages: number, field: string): number {
  if (Number.isNaN(pages)) throw new KernelOops(`read of an uninitialised field: ${field}`);
  return pages;
}
