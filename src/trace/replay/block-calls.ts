import { alignDown, get_order, IS_ERR, NULL } from '../../../models/kernel/err.ts';
import { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import { xa_load } from '../../../models/kernel/structures/xarray.ts';
import type { VmapBlock } from '../../../models/kernel/vmap-block-node.ts';
import type {
  AliasesCalled,
  BlockFreed,
  NumberEvent,
  PagesEvent,
  Snapshot,
  TraceEvent,
} from '../event.ts';
import { AliasWalks } from './alias-walks.ts';
import type { Workshop } from './calls.ts';
import type { ModelCall } from './model.ts';
import type { TaskCall } from './open-calls.ts';
import { BEFORE_ALLOCATION } from './traced-kernel.ts';

/** A task in vm_map_ram() of pages of a block. */
interface Mapping {
  readonly call: ModelCall;
  readonly pages: number;
  /** Whether it will need a new block. */
  readonly isNew: boolean;
}

/** vm_map_ram and vm_unmap_ram, and vm_unmap_aliases with the blocks it gives up. */
export class BlockCalls {
  readonly #shop: Workshop;
  readonly #walks: AliasWalks;
  /** Where the model mapped what the kernel mapped at an address. */
  readonly #modelAddr = new Map<number, number>();
  /** Tasks in vm_map_ram() of pages of a block. */
  readonly #mapping = new Map<number, Mapping>();
  /** Tasks in vm_unmap_ram() of pages of a block, and where the model has these. */
  readonly #unmapping = new Map<number, number>();

  constructor(shop: Workshop) {
    this.#shop = shop;
    this.#walks = new AliasWalks(shop);
  }

  /** Before a line is dealt with: what has come to pass by then, and has no line of its own. */
  settle(event: TraceEvent): void {
    this.#walks.settle(event);
  }

  /** The machine was stopped: the blocks show which unmaps they know of. */
  stopped(snapshot: Snapshot): void {
    this.#walks.stopped(snapshot);
  }

  /**
   * vm_map_ram() begins. Where it will need a new block, the search for room came after this line
   * and before that of the new block's address space: if there is no room now, it comes now.
   */
  map(event: NumberEvent): void {
    const { model, requests, open } = this.#shop;
    const { kernel } = model;
    const isLarge = event.value > kernel.VMAP_MAX_ALLOC;
    const run = isLarge ? kernel.alloc_vm_map_ram_area(event.value) : kernel.vb_alloc(event.value);
    const own = open.begin(event, 'map', run);
    if (isLarge) return;
    const isNew = requests.newBlock.has(event.line);
    this.#mapping.set(event.pid, { call: own.call, pages: event.value, isNew });
    this.#lookForRoom();
  }

  /** Who needs a new block looked for room when there was none. */
  #lookForRoom(): void {
    const { model } = this.#shop;
    for (const { call, pages, isNew } of this.#mapping.values()) {
      const hasBegun = call.point !== null || call.done;
      const mayLook = isNew && !hasBegun && !this.#hasRoom(call.task.cpu, pages);
      if (mayLook) model.runToPoint(call, BEFORE_ALLOCATION);
    }
  }

  /** vm_map_ram() returns. */
  mapReturned(event: PagesEvent, open: TaskCall | null): void {
    if (open === null) return;
    const { model, matcher } = this.#shop;
    this.#publishNewBlock(event);
    this.#shop.open.close(event, open);
    model.finish(open.call);
    const { result } = open.call;
    const addr = result instanceof VmapArea ? result.va_start : Number(result);
    if (addr !== NULL && !IS_ERR(addr)) this.#modelAddr.set(event.start, addr);
    matcher.compare(event, 'B', [event.start], [addr], 'vm_map_ram addresses');
    this.#lookForRoom();
  }

  /** Who found room in the block of another, after that one took its space, came after it. */
  #publishNewBlock({ pid, cpu, pages }: PagesEvent): void {
    const own = this.#mapping.get(pid);
    this.#mapping.delete(pid);
    if (own === undefined || own.isNew) return;
    for (const { call, isNew } of this.#mapping.values()) {
      if (this.#hasRoom(cpu, pages)) return;
      if (isNew && call.task.cpu === cpu && call.events.length === 0) this.#shop.model.finish(call);
    }
  }

  /**
   * vm_unmap_ram() begins. What has an area of its own has a line of its own, too. What was mapped
   * before this was recorded is in no block of the model.
   */
  unmap(event: PagesEvent): void {
    const { kernel } = this.#shop.model;
    const addr = this.#modelAddr.get(event.start);
    this.#modelAddr.delete(event.start);
    if (addr === undefined || event.pages > kernel.VMAP_MAX_ALLOC) return;
    if (this.#blockAt(addr) === null) {
      this.#shop.matcher.differs(event, 'vm_map_ram addresses', 'a block', 'no block is there');
      return;
    }
    this.#unmapping.set(event.pid, addr);
    this.#shop.open.begin(event, 'unmap', kernel.vb_free(addr, event.pages));
  }

  /** vm_unmap_ram() has cleared the PTEs; it tells the block before its task's next line. */
  unmapped(event: PagesEvent, open: TaskCall | null): void {
    const addr = this.#unmapping.get(event.pid);
    this.#unmapping.delete(event.pid);
    if (open?.sort !== 'unmap') return;
    if (addr === undefined) {
      this.#shop.open.close(event, open);
      return;
    }
    const vb = this.#blockAt(addr);
    if (vb !== null) this.#walks.unmapped(event, open, vb, addr);
  }

  /** vm_unmap_aliases() begins, with a range that somebody wants flushed besides, or without. */
  aliases(event: AliasesCalled): void {
    this.#walks.begin(event);
  }

  /** A task is done with the blocks. */
  walked(event: TraceEvent): void {
    this.#walks.walked(event);
  }

  /** A block is given up. Blocks from before vm_map_ram was recorded are none of the model's. */
  freed(event: BlockFreed, open: TaskCall | null): void {
    if (open === null) return;
    this.#shop.matcher.match(open, event, 'X', [event.addr, event.free, event.dirty]);
  }

  #blockAt(vpn: number): VmapBlock | null {
    const { kernel } = this.#shop.model;
    const block = alignDown(vpn, kernel.VMAP_BBMAP_BITS);
    return xa_load(kernel.addr_to_vb_xa(block).blocks, kernel.addr_to_vb_idx(block));
  }

  #hasRoom(cpu: number, pages: number): boolean {
    const { free } = this.#shop.model.kernel.per_cpu_vbq(cpu);
    for (let node = free.next; node.owner !== null; node = node.next) {
      if (node.owner.free >= 2 ** get_order(pages)) return true;
    }
    return false;
  }
}
