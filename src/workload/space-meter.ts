import {
  HIGHEST_VPN,
  LOWEST_VPN,
  type Machine,
  VMALLOC_START,
} from '../../models/hardware/machine.ts';
import type { Session } from '../subject/port.ts';

/** High-water marks of address space. */
export interface SpaceFigures {
  /** Pages from VMALLOC_START to the end of the highest that was taken in the vmalloc range. */
  readonly highest: number;
  /** Pages taken at a time, everywhere: busy, lazy, or kept ready for one CPU or one size. */
  readonly taken: number;
}

/** Up to this many numbers of bookkeeping, it is looked at after every allocation. */
const SMALL_STATE = 256;

/**
 * Watches how much address space is not free. Space grows in allocations and becomes free only
 * after a flush, so that looking at flushes and at the end sees every high-water mark, but for
 * space that was never mapped and is freed without one. While little is in
 * use it is looked at after every allocation besides.
 */
export class SpaceMeter {
  readonly #machine: Machine;
  readonly #session: Session;
  #stateSize = 0;
  #highest = 0;
  #taken = 0;

  constructor(machine: Machine, session: Session) {
    this.#machine = machine;
    this.#session = session;
  }

  /** An allocation has returned. */
  allocationReturned(): void {
    if (this.#stateSize <= SMALL_STATE) this.look();
  }

  /** Looks at the kernel's free areas; a call may be under way. */
  look(): void {
    const { busy, lazy, free } = this.#session.inspect();
    this.#stateSize = busy.length + lazy.length + free.length;
    const end = VMALLOC_START + this.#machine.vmallocPages;
    let taken = HIGHEST_VPN - LOWEST_VPN;
    let highest = end;
    for (let i = 0; i < free.length; i += 2) {
      const [from, to] = [free[i] ?? 0, free[i + 1] ?? 0];
      taken -= to - from;
      if (from < end && to >= end) highest = Math.max(from, VMALLOC_START);
    }
    this.#taken = Math.max(this.#taken, taken);
    this.#highest = Math.max(this.#highest, highest - VMALLOC_START);
  }

  /** The marks so far. */
  figures(): SpaceFigures {
    return { highest: this.#highest, taken: this.#taken };
  }
}
