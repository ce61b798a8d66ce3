import { alignDown, get_order, IS_ERR, NULL } from '../../../models/kernel/err.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import { xa_load } from '../../../models/kernel/structures/xarray.ts';
import type { VmapBlock } from '../../../models/kernel/vmap-block-node.ts';
import type {
  AliasesCalled,
  BlockFreed,
  NumberEvent,
  PagesEvent,
  PurgeCalled,
  TraceEvent,
} from '../event.ts';
import type { Workshop } from './calls.ts';
import type { ModelCall } from './model.ts';
import type { TaskCall } from './open-calls.ts';
import type { AliasesRequest } from './requests.ts';
import { BEFORE_ALLOCATION } from './traced-kernel.ts';

/** A task in vm_unmap_aliases() that has not begun to purge. */
interface Walking {
  readonly call: ModelCall;
  readonly request: AliasesRequest;
  /** Whether the policy looks at the blocks under vmap_purge_lock. */
  readonly underMutex: boolean;
}

/** A task in vm_unmap_ram() that tells its block only after somebody's walk over the blocks. */
interface Late {
  readonly open: TaskCall;
  readonly event: PagesEvent;
  readonly walk: AliasesRequest;
}

/** vm_map_ram and vm_unmap_ram, and vm_unmap_aliases with the blocks it gives up. */
export class BlockCalls {
  openOrders = 0;
  readonly #shop: Workshop;
  /** Where the model mapped what the kernel mapped at an address. */
  readonly #modelAddr = new Map<number, number>();
  /** Tasks in vm_unmap_aliases() that have not begun to purge. */
  readonly #walking = new Map<number, Walking>();
  #late: Late[] = [];

  constructor(shop: Workshop) {
    this.#shop = shop;
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
    if (isLarge || !requests.newBlock.has(event.line) || this.#hasRoom(event)) return;
    model.runToPoint(own.call, BEFORE_ALLOCATION);
  }

  /** vm_map_ram() returns. */
  mapReturned(event: PagesEvent, open: TaskCall | null): void {
    if (open === null) return;
    const { model, matcher } = this.#shop;
    this.#shop.open.close(event, open);
    model.finish(open.call);
    const { result } = open.call;
    const addr = result instanceof VmapArea ? result.va_start : Number(result);
    if (addr !== NULL && !IS_ERR(addr)) this.#modelAddr.set(event.start, addr);
    matcher.compare(event, 'B', [event.start], [addr], 'vm_map_ram addresses');
    this.#walkUnlocked();
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
    this.#shop.open.begin(event, 'unmap', kernel.vb_free(addr, event.pages));
  }

  /** vm_unmap_ram() has cleared the PTEs; it tells the block right after, or soon after. */
  unmapped(event: PagesEvent, open: TaskCall | null): void {
    if (open?.sort !== 'unmap') return;
    const vb = this.#blockAt(event.start);
    const walk = vb?.queue ? this.#walkBefore(event) : null;
    if (walk !== null) {
      this.#late.push({ open, event, walk });
      this.openOrders++;
      return;
    }
    if (vb !== null) this.#pass(event, vb);
    this.#tellBlock(event, open);
  }

  #tellBlock(event: PagesEvent, open: TaskCall): void {
    if (this.#shop.matcher.next(open) === null) this.#shop.open.close(event, open);
  }

  /** vm_unmap_aliases() begins, with a range that somebody wants flushed besides, or without. */
  aliases(event: AliasesCalled): void {
    const { kernel } = this.#shop.model;
    const request = this.#shop.requests.aliases.get(event.line);
    const [start, end] =
      request === undefined ? NO_RANGE : callersRange(request.purge, kernel.VMALLOC_END);
    const flush = event.flush ?? start < end;
    const run = kernel._vm_unmap_aliases(start, end, flush);
    const { call } = this.#shop.open.begin(event, 'aliases', run);
    if (request === undefined) return;
    this.#shop.model.step(call);
    const underMutex = call.point?.object === kernel.vmap_purge_lock;
    this.#walking.set(event.pid, { call, request, underMutex });
    if (!underMutex) this.#walkUnlocked();
  }

  /**
   * Pages of a block are about to become dirty while others walk over the blocks. Whether one of
   * them had passed this block before has no line. It had if the range it purges leaves them out,
   * although the block was there to the end.
   */
  #pass({ line, start, pages }: PagesEvent, vb: VmapBlock): void {
    const { model, requests } = this.#shop;
    const { kernel } = model;
    const end = start + 2 ** get_order(pages);
    for (const [pid, { call, request, underMutex }] of this.#walking) {
      if (!this.#leavesOut(request, line, start, end)) continue;
      const mayTakeMutex = underMutex && requests.nextPurger[line - 2] === pid;
      model.runPast(call, vb.lock, mayTakeMutex ? null : kernel.vmap_purge_lock);
      this.openOrders++;
    }
  }

  /**
   * The walk over the blocks that begins between a line of a task and its next, and must have come
   * before the pages are dirty; null: none.
   */
  #walkBefore({ line, start, pages }: PagesEvent): AliasesRequest | null {
    const { nextLine, walks } = this.#shop.requests;
    const walk = walks[firstAfter(walks, line)];
    if (walk === undefined || walk.line > (nextLine[line - 2] ?? line)) return null;
    const end = start + 2 ** get_order(pages);
    return this.#leavesOut(walk, line, start, end) ? walk : null;
  }

  /** Whether a walk does not see pages of a block, although the block is there to its end. */
  #leavesOut({ purge }: AliasesRequest, line: number, start: number, end: number): boolean {
    if (start >= purge.start && end <= purge.end) return false;
    const block = alignDown(start, this.#shop.model.kernel.VMAP_BBMAP_BITS);
    const freed = this.#shop.requests.blocksFreed.get(block) ?? [];
    return !freed.some((at) => line < at && at < purge.line);
  }

  #blockAt(vpn: number): VmapBlock | null {
    const { kernel } = this.#shop.model;
    const block = alignDown(vpn, kernel.VMAP_BBMAP_BITS);
    return xa_load(kernel.addr_to_vb_xa(block).blocks, kernel.addr_to_vb_idx(block));
  }

  /**
   * Who looks at blocks before taking the mutex does so at once; or later, if a block that it would
   * see now is left out of the range it purges.
   */
  #walkUnlocked(): void {
    const { model } = this.#shop;
    for (const [pid, { call, request, underMutex }] of this.#walking) {
      if (underMutex || this.#seesTooMuch(request)) continue;
      model.runToPoint(call, model.kernel.vmap_purge_lock.label);
      this.#walking.delete(pid);
    }
  }

  #seesTooMuch({ purge }: AliasesRequest): boolean {
    const { kernel } = this.#shop.model;
    for (const cpu of kernel.machine.possibleCpus) {
      const { free } = kernel.per_cpu_vbq(cpu);
      for (let node = free.next; node.owner !== null; node = node.next) {
        const vb = node.owner;
        const start = vb.va.va_start + vb.dirty_min;
        const end = vb.va.va_start + vb.dirty_max;
        if (!kernel.hasDirtyRange(vb) || (start >= purge.start && end <= purge.end)) continue;
        return true;
      }
    }
    return false;
  }

  /** A task is done with the blocks: those who came after it can go on. */
  walked({ pid, line }: TraceEvent): void {
    this.#walking.delete(pid);
    this.#late = this.#late.filter(({ open, event, walk }) => {
      if (walk.purge.line > line) return true;
      if (!open.call.done && this.#shop.open.has(open)) this.#tellBlock(event, open);
      return false;
    });
  }

  /** A block is given up. Blocks from before vm_map_ram was recorded are none of the model's. */
  freed(event: BlockFreed, open: TaskCall | null): void {
    if (open === null) return;
    this.#shop.matcher.match(open, event, 'X', [event.addr, event.free, event.dirty]);
    this.#walkUnlocked();
  }

  #hasRoom({ cpu, value }: NumberEvent): boolean {
    const { free } = this.#shop.model.kernel.per_cpu_vbq(cpu);
    for (let node = free.next; node.owner !== null; node = node.next) {
      if (node.owner.free >= 2 ** get_order(value)) return true;
    }
    return false;
  }
}

/** The place of the first walk that begins after a line. */
function firstAfter(walks: readonly AliasesRequest[], line: number): number {
  let low = 0;
  let high = walks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((walks[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low;
}

const NO_RANGE = [ULONG_MAX, ADDRESS_ZERO] as const;

/**
 * What the caller wants flushed of the range that a purge is called with: it lies in the direct
 * map, outside the vmalloc space; what lies inside comes from blocks, and is the model's to find.
 */
function callersRange({ start, end }: PurgeCalled, vmallocEnd: number): readonly [number, number] {
  if (start < 0) return [start, Math.min(end, 0)];
  return end > vmallocEnd && end > start ? [Math.max(start, vmallocEnd), end] : NO_RANGE;
}
