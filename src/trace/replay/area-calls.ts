import type { Run } from '../../../models/kernel/point.ts';
import { list_empty } from '../../../models/kernel/structures/list.ts';
import { __find_vmap_area } from '../../../models/kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../../../models/kernel/vm-struct.ts';
import type { AreaLazy, AreaTaken, NumberEvent, TraceEvent } from '../event.ts';
import type { Workshop } from './calls.ts';
import type { TaskCall } from './open-calls.ts';

/** PMD_SIZE in pages: what x86-64 aligns per-CPU chunks to. The trace does not say. */
const PMD_PAGES = 512;

/** Address space: areas that are taken and areas that become lazy. */
export class AreaCalls {
  openOrders = 0;
  readonly #shop: Workshop;
  /** Where the model put the area that the kernel put at an address. */
  readonly #modelAddr = new Map<number, number>();
  /** The areas of one per-CPU request, as far as their lines have come. */
  #perCpu: AreaTaken[] = [];

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  /** Address space was taken: by a call that is under way, or by one of its own. */
  taken(event: AreaTaken, open: TaskCall | null): void {
    if (event.source === 'T') {
      this.#perCpu.push(event);
      return;
    }
    const own = open ?? this.#allocate(event, event);
    this.#look(event, own);
    const { addr, pages, source } = event;
    const kind = source === 'P' ? 'pops from a pool' : 'addresses from the heap';
    const values = [addr, pages, source === 'P' ? 1 : 0];
    const found = this.#shop.matcher.match(own, event, 'A', values, kind);
    // A block's area is given back by those who give the block up, and nobody else.
    if (own.sort !== 'map' || event.kind !== 'vmblock') this.#bind(addr, found?.values[0]);
    if (own.sort === 'allocation') this.#shop.open.close(event, own);
  }

  /** The head of a pool was not aligned enough: so much of an allocation comes before its line. */
  rotated(event: NumberEvent, open: TaskCall | null): void {
    const request = this.#shop.requests.allocation.get(event.line);
    if (open === null && request === undefined) return;
    const own = open ?? (request === undefined ? null : this.#allocate(event, request));
    if (own !== null) this.#shop.matcher.match(own, event, 'R', [event.value]);
  }

  /** An area became lazy: by a call that is under way, or by one of its own. */
  lazy(event: AreaLazy, open: TaskCall | null): void {
    const { addr, pages, owner, node, lazyNr } = event;
    const own = open ?? this.#free(event);
    const values = [addr, pages, owner, node];
    if (own === null) {
      this.#shop.matcher.unexpected(event, 'F', values);
      return;
    }
    this.#modelAddr.delete(addr);
    const found = this.#shop.matcher.match(own, event, 'F', values);
    if (found !== null) this.#shop.matcher.recorded(lazyNr);
    if (own.sort === 'free') this.#shop.open.close(event, own);
  }

  /** A line that is none of the per-CPU request before it: all of that request is known now. */
  endPerCpu(event: TraceEvent): void {
    const [first] = this.#perCpu;
    if (first === undefined) return;
    const goesOn = event.code === 'A' && event.source === 'T' && event.pid === first.pid;
    if (!goesOn) this.#takePerCpu(this.#perCpu.splice(0), first);
  }

  #allocate(event: TraceEvent, { pages, align, range }: AreaTaken): TaskCall {
    const { kernel } = this.#shop.model;
    const [low, high] = range ?? kernel.rangeOf('vmalloc');
    const run = kernel.alloc_vmap_area(pages, align, low, high);
    return this.#shop.open.begin(event, 'allocation', run);
  }

  #free(event: AreaLazy): TaskCall | null {
    const { kernel } = this.#shop.model;
    const addr = this.#modelAddr.get(event.addr);
    if (addr === undefined) return null;
    if (__find_vmap_area(addr, kernel.busyOf(addr).root) === null) return null;
    return this.#shop.open.begin(event, 'free', kernel.vm_unmap_ram_area(addr));
  }

  #bind(addr: number, modelAddr: number | undefined): void {
    if (modelAddr === undefined || Number.isNaN(modelAddr)) this.#modelAddr.delete(addr);
    else this.#modelAddr.set(addr, modelAddr);
  }

  /**
   * Where the kernel went to the heap although the model has a pooled area now: it may have looked
   * before that area was there. Then the model looks earlier, too.
   */
  #look(event: AreaTaken, { call }: TaskCall): void {
    const { kernel, looks } = this.#shop.model;
    if (event.source !== 'G' || event.range !== null || kernel.vmap_nodes.length < 2) return;
    const vn = kernel.id_to_node(event.cpu % kernel.nr_vmap_nodes);
    const pool = vn.pool[event.pages - 1];
    if (pool === undefined || list_empty(pool.head)) return;
    const since = this.#shop.open.lastLine(event.pid);
    if (!looks.mayHaveBeenEmptySince(since, vn, pool)) return;
    looks.letComeEarlier(call.task);
    this.openOrders++;
  }

  /**
   * Asks for per-CPU areas: their sizes, and how far they lie from each other. That consecutive
   * lines may be several requests makes no difference: each is given the highest place there is.
   */
  #takePerCpu(events: readonly AreaTaken[], first: AreaTaken): void {
    const { model, matcher, open } = this.#shop;
    const base = Math.min(...events.map(({ addr }) => addr));
    const offsets = events.map(({ addr }) => addr - base);
    const sizes = events.map(({ pages }) => pages);
    const isCongruent = [...offsets, ...sizes].every((pages) => pages % PMD_PAGES === 0);
    const align = isCongruent ? PMD_PAGES : 1;
    let areas: VmStruct[] | null = null;
    const own = open.begin(first, 'allocation', perCpuAreas());
    open.close(first, own);
    events.forEach((event, index) => {
      const addr = areas?.[index]?.addr;
      this.#bind(event.addr, addr);
      const expected = [event.addr, event.pages];
      matcher.compare(event, 'A', expected, [addr ?? Number.NaN, event.pages], 'per-CPU addresses');
    });

    function* perCpuAreas(): Run<void> {
      areas = yield* model.kernel.pcpu_get_vm_areas(offsets, sizes, align);
    }
  }
}
