import type { Kernel } from '../../../models/kernel/kernel.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import type { Run } from '../../../models/kernel/point.ts';
import type {
  Flushed,
  NumberEvent,
  PurgeCalled,
  PurgeTraced,
  Snapshot,
  TraceEvent,
} from '../event.ts';
import { AreaCalls } from './area-calls.ts';
import { BlockCalls } from './block-calls.ts';
import type { ComparedCode, Expected, Matcher } from './matcher.ts';
import type { Model } from './model.ts';
import type { OpenCalls, TaskCall } from './open-calls.ts';
import type { OpenOrders } from './open-orders.ts';
import type { Requests } from './requests.ts';
import type { Tally } from './tally.ts';

/** Who flushes within mm/vmalloc.c; compilers cut functions in parts. */
const VMALLOC_FLUSHERS = /^(__purge_vmap_area_lazy|_vm_unmap_aliases)/;

/** What the calls of a replay share. */
export interface Workshop {
  readonly model: Model;
  readonly matcher: Matcher;
  readonly tally: Tally;
  readonly requests: Requests;
  readonly open: OpenCalls;
  readonly orders: OpenOrders;
  /** Whether the recorded kernel has vmap nodes. */
  readonly hasNodes: boolean;
}

/** Turns the lines of a trace into calls of a model, and holds what these do against the lines. */
export class Calls {
  foreignFlushes = 0;
  readonly #shop: Workshop;
  readonly #areas: AreaCalls;
  readonly #blocks: BlockCalls;
  /** Ends of purges early in the boot; their tracepoints are told later, by another task. */
  readonly #earlyEnds: (readonly number[])[] = [];

  constructor(shop: Workshop) {
    this.#shop = shop;
    this.#areas = new AreaCalls(shop);
    this.#blocks = new BlockCalls(shop);
    shop.open.onUntoldEnd = (values) => this.#earlyEnds.push(values);
  }

  /** Times when the trace leaves open which of two steps came first. */
  get openOrders(): number {
    return this.#areas.openOrders + this.#shop.orders.count;
  }

  /** The machine was stopped for a snapshot. */
  stopped(snapshot: Snapshot): void {
    this.#blocks.stopped(snapshot);
  }

  /** Takes the next line. Throws what the model's kernel throws. */
  take(event: TraceEvent): void {
    this.#areas.endPerCpu(event);
    this.#blocks.settle(event);
    this.#dispatch(event, this.#shop.open.of(event));
    this.#shop.open.passed(event);
  }

  #dispatch(event: TraceEvent, open: TaskCall | null): void {
    switch (event.code) {
      case 'A':
        this.#areas.taken(event, open);
        break;
      case 'R':
        this.#areas.rotated(event, open);
        break;
      case 'F':
        this.#areas.lazy(event, open);
        break;
      case 'Bs':
        this.#blocks.map(event);
        break;
      case 'B':
        this.#blocks.mapReturned(event, open);
        break;
      case 'b':
        this.#blocks.unmap(event);
        break;
      case 'N':
        this.#blocks.unmapped(event, open);
        break;
      case 'U':
        this.#blocks.aliases(event);
        break;
      case 'X':
        this.#blocks.freed(event, open);
        break;
      case 'u':
        this.#blocks.walked(event);
        if (open !== null) this.#shop.open.close(event, open);
        break;
      case 'P':
        this.#purge(event, open);
        break;
      case 'q':
        this.#purgeTraced(event, open);
        break;
      case 'W':
        this.#drain();
        break;
      default:
        this.#withinPurge(event, open);
        break;
    }
  }

  #withinPurge(event: TraceEvent, open: TaskCall | null): void {
    switch (event.code) {
      case 'C': {
        const values = [event.node, event.full ? 1 : 0];
        this.#held(event, open ?? this.#decay(event, event.node, event.full), 'C', values);
        break;
      }
      case 'K':
        this.#held(event, open, 'K', [event.start, event.pages]);
        break;
      case 'M':
        this.#held(event, open, 'M', [event.start, event.pages]);
        break;
      case 'Q':
        this.#held(event, open, 'Q', [event.start, event.pages, event.node]);
        break;
      case 'D':
        this.#detached(event, open);
        break;
      case 'n':
        this.#held(event, open ?? this.#helper(event), 'n', [event.value]);
        break;
      case 'T':
        this.#flushed(event, open);
        break;
      case 'p':
        this.#purgeReturned(event, open);
        break;
    }
  }

  #held(event: TraceEvent, open: TaskCall | null, code: ComparedCode, values: Expected): void {
    const { matcher } = this.#shop;
    if (open === null) matcher.unexpected(event, code, values);
    else matcher.match(open, event, code, values);
  }

  /** A purge is called by whoever: the lists and the range are asked for, and no more. */
  #purge(event: PurgeCalled, open: TaskCall | null): void {
    const { start, end, full } = event;
    if (open !== null) {
      this.#held(event, open, 'P', [start, end, full ? 1 : 0]);
      this.#blocks.walked(event);
      return;
    }
    const run = purge(this.#shop.model.kernel, start, end, full);
    this.#shop.matcher.skip(this.#shop.open.begin(event, 'purge', run), event, 'P');
  }

  /**
   * Lazy areas are detached. A kernel without nodes says so even if there are none. The call of the
   * purge may not be in the trace, as the recorder changed from one sort of probe to another: then
   * it was a purge of no range.
   */
  #detached(event: NumberEvent, open: TaskCall | null): void {
    const { model, matcher, hasNodes } = this.#shop;
    let own = open;
    if (own === null) {
      const run = purge(model.kernel, ULONG_MAX, ADDRESS_ZERO, false);
      own = this.#shop.open.begin(event, 'purge', run);
      matcher.skip(own, event, 'P');
    }
    if (hasNodes || matcher.next(own)?.code === 'D') this.#held(event, own, 'D', [event.value]);
  }

  /** Memory reclaim decays a node's pools without a purge. */
  #decay(event: TraceEvent, node: number, full: boolean): TaskCall | null {
    const { kernel } = this.#shop.model;
    const vn = kernel.vmap_nodes[node];
    if (vn === undefined) return null;
    return this.#shop.open.begin(event, 'decay', kernel.decay_va_pool_node(vn, full));
  }

  /** A worker begins to purge a node for somebody else. */
  #helper(event: NumberEvent): TaskCall | null {
    const { model, open } = this.#shop;
    const work = model.kernel.vmap_nodes[event.value]?.purge_work ?? null;
    const worker = work === null ? null : model.worker(work, `pid ${event.pid}`, event.cpu);
    return worker === null ? null : open.adopt(event, 'helper', worker);
  }

  #flushed(event: Flushed, open: TaskCall | null): void {
    if (!VMALLOC_FLUSHERS.test(event.caller)) this.foreignFlushes++;
    else this.#held(event, open, 'T', [event.start, event.end]);
  }

  #purgeReturned(event: NumberEvent, open: TaskCall | null): void {
    if (open === null) return;
    this.#held(event, open, 'p', [event.value]);
    if (open.sort === 'purge') this.#shop.open.close(event, open);
  }

  #purgeTraced(event: PurgeTraced, open: TaskCall | null): void {
    const { start, end, purged } = event;
    if (open !== null) {
      this.#held(event, open, 'q', [start, end, purged]);
      return;
    }
    const [told] = this.#earlyEnds.splice(0, 1);
    if (told !== undefined) this.#shop.matcher.compare(event, 'q', [start, end, purged], told);
  }

  /** The drain work begins; its purges have lines of their own. */
  #drain(): void {
    const { kernel } = this.#shop.model;
    const at = kernel.pendingWork.indexOf(kernel.drain_vmap_work);
    if (at >= 0) kernel.pendingWork.splice(at, 1);
    kernel.drain_vmap_work.pending = false;
  }
}

function* purge(kernel: Kernel, start: number, end: number, full: boolean): Run<void> {
  yield* kernel.mutex_lock(kernel.vmap_purge_lock);
  yield* kernel.__purge_vmap_area_lazy(start, end, full);
  yield* kernel.mutex_unlock(kernel.vmap_purge_lock);
}
