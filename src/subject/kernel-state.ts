import type { Kernel } from '../../models/kernel/kernel.ts';
import type { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import type { KernelState } from './port.ts';

/** Reads a kernel's bookkeeping into lists that are reused from one reading to the next. */
export class StateReader {
  readonly #kernel: Kernel;
  readonly #busy: number[] = [];
  readonly #lazy: number[] = [];
  readonly #free: number[] = [];
  readonly #pooled: number[] = [];
  readonly #pools: number[] = [];
  readonly #blocks: number[] = [];
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  #addBlock(vb: VmapBlock): void {
    const queue = vb.queue === null ? -1 : vb.queue.cpu;
    this.#blocks.push(vb.va.va_start, vb.free, vb.dirty);
    this.#blocks.push(vb.dirty_min, vb.dirty_max, vb.cpu, queue);
  }

  read(): KernelState {
    const kernel = this.#kernel;
    empty(this.#busy);
    kernel.forEachBusy((va) => {
      this.#busy.push(va.va_start, va.va_end, va.vm === null ? 0 : 1);
    });
    empty(this.#lazy);
    kernel.forEachLazy((va) => {
      this.#lazy.push(va.va_start, va.va_end);
    });
    empty(this.#free);
    kernel.forEachFree((va) => {
      this.#free.push(va.va_start, va.va_end);
    });
    empty(this.#pooled);
    kernel.forEachPooled((va) => {
      this.#pooled.push(va.va_start, va.va_end);
    });
    empty(this.#pools);
    kernel.forEachPool((vn, pages, len, areas) => {
      this.#pools.push(vn.id, pages, len, areas);
    });
    empty(this.#blocks);
    kernel.forEachBlock((vb) => this.#addBlock(vb));
    return {
      busy: this.#busy,
      lazy: this.#lazy,
      free: this.#free,
      pooled: this.#pooled,
      pools: this.#pools,
      freeRangesAreAreas: kernel.freeRangesAreAreas,
      blocks: this.#blocks,
      vmapLazyNr: kernel.vmap_lazy_nr.value,
      objects: kernel.liveObjects,
      spareVmapAreas: kernel.ne_fit_preload_node.reduce((n, va) => (va ? n + 1 : n), 0),
      pendingWork: kernel.pendingWork.length,
    };
  }
}

/** Setting the length of an array costs more than looking at it, even where nothing changes. */
function empty(list: number[]): void {
  if (list.length > 0) list.length = 0;
}
