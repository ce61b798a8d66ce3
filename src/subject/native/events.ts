import type { FlushPlan } from '../../../models/hardware/arch.ts';
import { emptyFlushPlan, type Hardware } from '../../../models/hardware/hardware.ts';
import { DirectMapPerm, type KernelObserver } from '../../../models/hardware/observer.ts';
import {
  AREA_READ,
  AREA_WRITE,
  type Footprint,
  PTE_READ,
  PTE_WRITE,
  TLB_DROP,
  TLB_READ,
  TLB_STALE,
} from '../../../models/kernel/footprint.ts';
import type { MessageReader } from './wire.ts';

/** What a machine reports, in the order of enum event in native/machine/machine.h. */
const EVENT = {
  ptesSet: 0,
  ptesCleared: 1,
  flush: 2,
  frameAllocated: 3,
  frameFreed: 4,
  directMap: 5,
  innerFreeBegins: 6,
  innerFreeReturned: 7,
  innerAllocated: 8,
  complaint: 9,
  listComplaint: 10,
  flushBegins: 11,
  flushShare: 12,
} as const;

const PERMS = [DirectMapPerm.default, DirectMapPerm.readOnly, DirectMapPerm.invalid] as const;

/** Lets the events of calls happen on simulated hardware, which tells the observer of them. */
export class EventPlayer {
  readonly #hardware: Hardware;
  readonly #observer: KernelObserver;
  /** By task: the flush that it is in. */
  readonly #plans: FlushPlan[] = [];
  /** Is told which pages events touch; null: nobody wants to know. */
  footprint: Footprint | null = null;

  constructor(hardware: Hardware, observer: KernelObserver) {
    this.#hardware = hardware;
    this.#observer = observer;
  }

  /** Plays `count` numbers of a message. */
  play(message: MessageReader, count: number): void {
    if (count === 0) return;
    const events = message.slice(count);
    while (!events.ended) this.#one(events.next(), events);
  }

  #one(event: number, events: MessageReader): void {
    const [hardware, observer] = [this.#hardware, this.#observer];
    switch (event) {
      case EVENT.ptesSet: {
        const [start, pages] = [events.next(), events.next()];
        this.#touch(start, start + pages, PTE_WRITE | TLB_READ | TLB_STALE | AREA_READ);
        hardware.setPtes(start, pages, Array.from(events.take(pages)), 0);
        break;
      }
      case EVENT.ptesCleared: {
        const [start, end] = [events.next(), events.next()];
        this.#touch(start, end, PTE_WRITE | TLB_STALE | AREA_READ);
        hardware.clearPtes(start, end);
        break;
      }
      case EVENT.flush:
        hardware.beginFlush(events.next(), events.next());
        hardware.finishFlushAtOnce();
        break;
      case EVENT.flushBegins: {
        const plan = emptyFlushPlan();
        this.#plans[events.next()] = plan;
        hardware.beginFlush(events.next(), events.next(), plan);
        break;
      }
      case EVENT.flushShare: {
        const plan = this.#plans[events.next()] ?? emptyFlushPlan();
        this.#touch(plan.start, plan.end, TLB_DROP);
        hardware.invalidateCpu(events.next(), plan);
        break;
      }
      case EVENT.frameAllocated:
        observer.frameAllocated(events.next());
        break;
      case EVENT.frameFreed: {
        const pfn = events.next();
        this.#touchFrame(pfn, PTE_READ | TLB_READ);
        observer.frameFreed(pfn);
        break;
      }
      case EVENT.directMap: {
        const pfn = events.next();
        this.#touchFrame(pfn, PTE_WRITE | TLB_STALE);
        hardware.setDirectMap(pfn, PERMS[events.next()] ?? DirectMapPerm.default);
        break;
      }
      default:
        this.#told(event, events);
    }
  }

  /** What the kernel does for callers inside, and what it complains of. */
  #told(event: number, events: MessageReader): void {
    const observer = this.#observer;
    switch (event) {
      case EVENT.innerFreeBegins:
        observer.innerFreeBegins(this.#area(events.next(), 1));
        break;
      case EVENT.innerFreeReturned:
        observer.innerFreeReturned(this.#area(events.next(), 1));
        break;
      case EVENT.innerAllocated: {
        const [vpn, pages] = [events.next(), events.next()];
        observer.innerAllocated(this.#area(vpn, pages), pages);
        break;
      }
      case EVENT.complaint:
        observer.complaint('locking', events.text());
        break;
      case EVENT.listComplaint:
        observer.complaint('list', events.text());
        break;
      default:
        throw new RangeError(`the kernel reports event ${event}, which is none`);
    }
  }

  #touch(start: number, end: number, kinds: number): void {
    this.footprint?.touchPages(start, end, kinds);
  }

  #touchFrame(pfn: number, kinds: number): void {
    const vpn = this.#hardware.machine.directMapVpn + pfn;
    this.#touch(vpn, vpn + 1, kinds);
  }

  #area(vpn: number, pages: number): number {
    this.#touch(vpn, vpn + pages, AREA_WRITE);
    return vpn;
  }
}
