import type { Machine } from '../hardware/machine.ts';
import { DirectMapPerm, type KernelObserver } from '../hardware/observer.ts';
import type { StaleTlb } from '../hardware/tlb.ts';
import type { Area } from './area.ts';
import { AreaPages } from './area-pages.ts';
import { CallRecord } from './call-record.ts';

/**
 * The specification's view of the machine: what every page is, told only by what callers asked for
 * and what the hardware was made to do. It knows no algorithm of the kernel and accepts every
 * behaviour the API allows.
 */
export class Ledger implements KernelObserver {
  readonly machine: Machine;
  /** Which CPU may still hold an old translation of which page. */
  readonly tlb: StaleTlb;
  /** The page table: frame (pfn) of every mapped page (vpn). */
  readonly frameOf = new Map<number, number>();
  /** The live or leaving area a page belongs to. */
  readonly areaOf = new AreaPages();
  /** Every area that is not completely freed, by its first page. */
  readonly areas = new Map<number, Area>();
  /** Frames the page allocator has handed out. */
  readonly framesInUse = new Set<number>();
  /** Frames whose direct-map permissions are not the default ones. */
  readonly directMap = new Map<number, DirectMapPerm>();
  readonly #cpuIndex = new Map<number, number>();
  /** What the kernel is freeing by itself; another area may begin where one of them did by now. */
  readonly #innerFrees: Area[] = [];
  /** Calls that have not returned, and those that returned while another was running. */
  readonly #records: CallRecord[] = [];
  /** The call whose task is running now. */
  #running: CallRecord | null = null;
  /** Counts calls begun and returned. */
  #clock = 0;
  #open = 0;

  constructor(machine: Machine, tlb: StaleTlb) {
    this.machine = machine;
    this.tlb = tlb;
    machine.onlineCpus.forEach((cpu, index) => {
      this.#cpuIndex.set(cpu, index);
    });
  }

  // What the hardware was made to do.

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    for (let page = 0; page < count; page++) {
      const vpn = start + page;
      if (this.frameOf.has(vpn)) this.tlb.cleared(vpn, vpn + 1);
      this.frameOf.set(vpn, frames[first + page] ?? -1);
    }
  }

  ptesCleared(start: number, end: number): void {
    this.forEachMapped(start, end, (vpn) => this.#clear(vpn));
    if (start < end) this.#running?.cleared.push(start, end);
  }

  #clear(vpn: number): void {
    this.frameOf.delete(vpn);
    this.tlb.cleared(vpn, vpn + 1);
  }

  /** Visits every mapped page of [start, end), in no particular order. */
  forEachMapped(start: number, end: number, visit: (vpn: number) => void): void {
    if (end - start > this.frameOf.size) {
      for (const vpn of this.frameOf.keys()) if (vpn >= start && vpn < end) visit(vpn);
    } else {
      for (let vpn = start; vpn < end; vpn++) if (this.frameOf.has(vpn)) visit(vpn);
    }
  }

  flushAsked(): void {}

  complaint(): void {}

  invalidated(cpu: number, start: number, end: number): void {
    const index = this.#cpuIndex.get(cpu);
    if (index === undefined) throw new Error(`cpu${cpu} is not online`);
    this.tlb.invalidate(index, start, end);
  }

  frameAllocated(pfn: number): void {
    this.framesInUse.add(pfn);
  }

  frameFreed(pfn: number): void {
    this.framesInUse.delete(pfn);
  }

  directMapSet(pfn: number, perm: DirectMapPerm): void {
    const vpn = this.machine.directMapVpn + pfn;
    const before = this.directMap.get(pfn) ?? DirectMapPerm.default;
    if (before !== perm && before !== DirectMapPerm.invalid) this.tlb.cleared(vpn, vpn + 1);
    if (perm === DirectMapPerm.default) this.directMap.delete(pfn);
    else this.directMap.set(pfn, perm);
  }

  innerAllocated(vpn: number, pages: number): void {
    const start = vpn;
    this.allocated({
      kind: 'inner',
      start,
      pages,
      frames: null,
      resetsPerms: false,
      state: 'live',
    });
  }

  innerFreeBegins(vpn: number): void {
    const area = this.areas.get(vpn);
    if (area === undefined) return;
    this.freeBegins(area);
    this.#innerFrees.push(area);
  }

  innerFreeReturned(vpn: number): void {
    const at = this.#innerFrees.findIndex(({ start }) => start === vpn);
    for (const area of at < 0 ? [] : this.#innerFrees.splice(at, 1)) this.freed(area);
  }

  // What callers asked for.

  /** An allocation has returned this area. */
  allocated(area: Area): void {
    this.areas.set(area.start, area);
    this.areaOf.add(area);
  }

  /** The owner has called the function that frees this area; its pages may go from now on. */
  freeBegins(area: Area): void {
    area.state = 'leaving';
  }

  /** That function, or the deferred part of it, has returned. */
  freed(area: Area): void {
    if (this.areas.get(area.start) === area) this.areas.delete(area.start);
    this.areaOf.remove(area);
  }

  /** A call begins; until `switchTo` says otherwise, what happens is its doing. */
  callBegins(): CallRecord {
    const record = new CallRecord();
    record.begun = ++this.#clock;
    this.#records.push(record);
    this.#open++;
    this.#running = record;
    return record;
  }

  /** Another task runs from now on: the call it is in, or null. */
  switchTo(record: CallRecord | null): void {
    this.#running = record;
  }

  /** A call has returned: what it unmapped is completely unmapped. */
  callReturned(record: CallRecord): void {
    record.returned = ++this.#clock;
    if (--this.#open === 0) this.#records.length = 0;
    if (this.#running === record) this.#running = null;
  }

  /** Whether the last unmap of a page had returned when the call of this record began. */
  wasUnmappedBefore(vpn: number, { begun }: CallRecord): boolean {
    return !this.#records.some((other) => other.returned > begun && other.covers(vpn));
  }
}
