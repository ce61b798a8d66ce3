import type { Hardware } from '../../../models/hardware/hardware.ts';
import { DirectMapPerm, type KernelObserver } from '../../../models/hardware/observer.ts';
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
} as const;

const PERMS = [DirectMapPerm.default, DirectMapPerm.readOnly, DirectMapPerm.invalid] as const;

/**
 * Lets the events of a call happen, `count` numbers of a message: page tables, TLBs and the direct
 * map on the simulated hardware, which tells the observer; the rest is told here.
 */
export function playEvents(
  message: MessageReader,
  count: number,
  hardware: Hardware,
  observer: KernelObserver,
): void {
  if (count === 0) return;
  const events = message.slice(count);
  while (!events.ended) {
    const event = events.next();
    switch (event) {
      case EVENT.ptesSet: {
        const [start, pages] = [events.next(), events.next()];
        hardware.setPtes(start, pages, Array.from(events.take(pages)), 0);
        break;
      }
      case EVENT.ptesCleared:
        hardware.clearPtes(events.next(), events.next());
        break;
      case EVENT.flush:
        hardware.beginFlush(events.next(), events.next());
        hardware.finishFlushAtOnce();
        break;
      case EVENT.frameAllocated:
        observer.frameAllocated(events.next());
        break;
      case EVENT.frameFreed:
        observer.frameFreed(events.next());
        break;
      case EVENT.directMap:
        hardware.setDirectMap(events.next(), PERMS[events.next()] ?? DirectMapPerm.default);
        break;
      case EVENT.innerFreeBegins:
        observer.innerFreeBegins(events.next());
        break;
      case EVENT.innerFreeReturned:
        observer.innerFreeReturned(events.next());
        break;
      case EVENT.innerAllocated:
        observer.innerAllocated(events.next(), events.next());
        break;
      case EVENT.complaint:
        observer.complaint('locking', events.text());
        break;
      default:
        throw new RangeError(`the kernel reports event ${event}, which is none`);
    }
  }
}
