import { get_order } from '../../../models/kernel/err.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import type { VmapBlock } from '../../../models/kernel/vmap-block-node.ts';
import type { AliasesCalled, PagesEvent, PurgeCalled, Snapshot, TraceEvent } from '../event.ts';
import type { Workshop } from './calls.ts';
import type { ModelCall } from './model.ts';
import type { TaskCall } from './open-calls.ts';
import type { Order } from './open-orders.ts';
import type { AliasesRequest } from './requests.ts';

/** A task in vm_unmap_aliases() that has not begun to purge. */
interface Walk {
  readonly pid: number;
  readonly call: ModelCall;
  readonly request: AliasesRequest;
  /** Whether the policy looks at the blocks under vmap_purge_lock, and only there. */
  readonly underMutex: boolean;
  /** Whether it has done so without. */
  looked: boolean;
}

/** A task in vm_unmap_ram() that has cleared PTEs and has not told the block. */
interface Unmap {
  readonly open: TaskCall;
  readonly line: number;
  readonly vb: VmapBlock;
  /** The pages that become dirty, [start, end). */
  readonly start: number;
  readonly end: number;
  told: boolean;
}

const UNDER_MUTEX: readonly Order[] = ['before', 'after'];
const TWO_LOOKS: readonly Order[] = ['before', 'between', 'after'];

/**
 * The walks of vm_unmap_aliases() over the blocks, and the unmaps that meet them. That an unmap
 * tells its block has no line, nor has a walk's look at it: both come as late as they can. Where
 * one has to come before the other, the range that the walk's purge is called with and the blocks
 * that it gives up say which.
 */
export class AliasWalks {
  readonly #shop: Workshop;
  readonly #walks = new Map<number, Walk>();
  readonly #unmaps = new Map<number, Unmap>();
  /** Whether the policy's walks take vmap_purge_lock first, as far as one was seen. */
  #underMutex = false;

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  /** vm_unmap_aliases() is called. */
  begin(event: AliasesCalled): void {
    const { model, requests, open } = this.#shop;
    const { kernel } = model;
    const { pid, line } = event;
    const request = requests.aliases.get(line);
    const [start, end] =
      request === undefined ? NO_RANGE : callersRange(request.purge, kernel.VMALLOC_END);
    const flush = event.flush ?? start < end;
    const run = kernel._vm_unmap_aliases(start, end, flush);
    const { call } = open.begin(event, 'aliases', run);
    if (request === undefined) return;
    model.step(call);
    this.#underMutex = call.point?.object === kernel.vmap_purge_lock;
    this.#walks.set(pid, { pid, call, request, underMutex: this.#underMutex, looked: false });
  }

  /** The PTEs of pages of a block are cleared: it is told at once, or later if it must be. */
  unmapped(event: PagesEvent, open: TaskCall, vb: VmapBlock, start: number): void {
    const { pid, line, pages } = event;
    const unmap = { open, line, vb, start, end: start + 2 ** get_order(pages), told: false };
    this.#unmaps.set(pid, unmap);
    let isHeldBack = this.#isLate(unmap);
    for (const walk of isHeldBack ? [] : this.#walks.values()) {
      const order = this.#orderOf(unmap, walk);
      if (order !== 'before' && !this.#letPass(walk, unmap, order, event)) isHeldBack = true;
    }
    if (!isHeldBack) this.#tell(unmap);
  }

  /** Whether the next walk begins before the next line of an unmap's task, and does not see it. */
  #isLate(unmap: Unmap): boolean {
    const { nextLine, walks } = this.#shop.requests;
    const request = walks[firstAfter(walks, unmap.line)];
    if (request === undefined || request.line > (nextLine[unmap.line - 2] ?? 0)) return false;
    return this.#orderOf(unmap, { request, underMutex: this.#underMutex }) !== 'before';
  }

  /** A task is done with the blocks. */
  walked({ pid }: TraceEvent): void {
    this.#walks.delete(pid);
  }

  /** Before a line is dealt with: what has come to pass by then. */
  settle(event: TraceEvent): void {
    if (event.code === 'V') return;
    if (CHANGES_BLOCKS.has(event.code)) this.#lookWhereExact();
    const unmap = this.#unmaps.get(event.pid);
    if (unmap !== undefined) this.#due(unmap, event);
    const walk = this.#walks.get(event.pid);
    if (walk !== undefined && (event.code === 'X' || event.code === 'P')) this.#tellBefore(walk);
  }

  /** The machine was stopped: a block that has more dirty pages than it knows of was told. */
  stopped({ blocks }: Snapshot): void {
    for (const unmap of this.#unmaps.values()) {
      const shown = blocks.find(({ start }) => start === unmap.vb.va.va_start);
      if (shown !== undefined && shown.dirty > unmap.vb.dirty) this.#tell(unmap);
    }
  }

  /** The next line of an unmap's task is there: it has told its block. */
  #due(unmap: Unmap, event: TraceEvent): void {
    for (const walk of unmap.told ? [] : this.#walks.values()) {
      const order = this.#orderOf(unmap, walk);
      if (order !== 'before') this.#letPass(walk, unmap, order, event);
    }
    // Who gives a block up was the last to tell it.
    const last = event.code === 'X' && event.addr === unmap.vb.va.va_start;
    for (const other of last ? this.#unmaps.values() : []) {
      if (other !== unmap && other.vb === unmap.vb) this.#tell(other);
    }
    this.#tell(unmap);
    this.#unmaps.delete(event.pid);
    const { matcher, open } = this.#shop;
    if (matcher.next(unmap.open) === null) open.close(event, unmap.open);
  }

  #tell(unmap: Unmap): void {
    if (!unmap.told) this.#shop.matcher.next(unmap.open);
    unmap.told = true;
  }

  /** A walk looks at a block before an unmap tells it. Returns false if it cannot yet. */
  #letPass(walk: Walk, { vb }: Unmap, order: Order, { line }: TraceEvent): boolean {
    const { model, requests } = this.#shop;
    this.#tellBefore(walk);
    if (order === 'between') return true;
    return requests.nextPurger[line - 2] === walk.pid && model.runPast(walk.call, vb.lock);
  }

  /** What a walk sees is told, before it goes on to look at blocks. */
  #tellBefore(walk: Walk): void {
    this.#tellOf(walk, 'before');
    if (walk.underMutex) return;
    this.#look(walk);
    this.#tellOf(walk, 'between');
  }

  #tellOf(walk: Walk, order: Order): void {
    for (const unmap of this.#unmaps.values()) {
      if (!unmap.told && this.#orderOf(unmap, walk) === order) this.#tell(unmap);
    }
  }

  #look(walk: Walk): void {
    const { model } = this.#shop;
    if (walk.looked) return;
    model.runToPoint(walk.call, model.kernel.vmap_purge_lock.label);
    walk.looked = true;
  }

  /** Who looks at blocks before taking the mutex does so when it sees what it is to flush. */
  #lookWhereExact(): void {
    for (const walk of this.#walks.values()) {
      if (walk.underMutex || walk.looked || !this.#seesExactly(walk)) continue;
      this.#tellOf(walk, 'before');
      this.#look(walk);
    }
  }

  #seesExactly(walk: Walk): boolean {
    const { kernel } = this.#shop.model;
    const { purge } = walk.request;
    let [start, end] = callersRange(purge, kernel.VMALLOC_END);
    for (const cpu of kernel.machine.possibleCpus) {
      const { free } = kernel.per_cpu_vbq(cpu);
      for (let node = free.next; node.owner !== null; node = node.next) {
        const vb = node.owner;
        if (!kernel.hasDirtyRange(vb)) continue;
        start = Math.min(start, vb.va.va_start + vb.dirty_min);
        end = Math.max(end, vb.va.va_start + vb.dirty_max);
      }
    }
    for (const unmap of this.#unmaps.values()) {
      if (unmap.told || unmap.vb.queue === null) continue;
      if (this.#orderOf(unmap, walk) !== 'before') continue;
      start = Math.min(start, unmap.start);
      end = Math.max(end, unmap.end);
    }
    return start === purge.start && end === purge.end;
  }

  #orderOf(unmap: Unmap, walk: Pick<Walk, 'request' | 'underMutex'>): Order {
    const options = walk.underMutex ? UNDER_MUTEX : TWO_LOOKS;
    const likely = (): Order => this.#likelyOrder(unmap, walk);
    return this.#shop.orders.of(unmap.line, walk.request.line, options, likely);
  }

  /** Told before if the walk's purge covers the pages, or the walk gives their block up. */
  #likelyOrder({ line, vb, start, end }: Unmap, walk: Pick<Walk, 'request' | 'underMutex'>): Order {
    const { request, underMutex } = walk;
    const { purge, blocks } = request;
    const { VMAP_BBMAP_BITS } = this.#shop.model.kernel;
    const unseen = underMutex ? 'after' : 'between';
    const first = vb.va.va_start;
    const isInside = start >= purge.start && end <= purge.end;
    if (blocks.has(first)) return isInside || underMutex ? 'before' : 'between';
    const dirty = vb.dirty + end - start;
    if (dirty === VMAP_BBMAP_BITS) {
      const wasSeen =
        vb.dirty > 0 &&
        (first + vb.dirty_min === purge.start || first + vb.dirty_max === purge.end);
      return wasSeen ? unseen : 'before';
    }
    const { blocksFreed, blocksMapped } = this.#shop.requests;
    const isSoon = (at: number): boolean => line < at && at < purge.line;
    // A block that is gone by then says nothing.
    if (blocksFreed.get(first)?.some(isSoon)) return 'before';
    const isUsed = blocksMapped.get(first)?.some(isSoon) ?? false;
    const isFragmented = vb.free + dirty === VMAP_BBMAP_BITS && !isUsed;
    if (!isFragmented) return isInside ? 'before' : unseen;
    const isKept = underMutex && vb.free * 4 >= VMAP_BBMAP_BITS;
    const isBound = start === purge.start || end === purge.end;
    return isInside && (isKept || isBound) ? 'before' : 'after';
  }
}

/** Lines that come with a change of the blocks, or of the lists they are on. */
const CHANGES_BLOCKS: ReadonlySet<string> = new Set(['B', 'N', 'X', 'U', 'P']);

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
