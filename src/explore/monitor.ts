import type { DirectMapPerm, KernelObserver } from '../../models/hardware/observer.ts';
import type { ConcreteTlb } from '../../models/hardware/tlb-concrete.ts';
import type { Ledger } from '../../models/reference/ledger.ts';
import type { Hooks } from './hooks.ts';

/** Hands every event of a subject to the properties first, and then to the ledger. */
export class Monitor implements KernelObserver {
  readonly #ledger: Ledger;
  readonly #hooks: Hooks;
  readonly #cpuIndex: ReadonlyMap<number, number>;
  /** Is told every event before the properties and the ledger are, for showing the run. */
  listener: KernelObserver | null = null;
  /** The TLB that accesses fill, once there was an access. */
  concreteTlb: ConcreteTlb | null = null;
  /** Events since boot. */
  events = 0;
  flushes = 0;
  /** Whether properties look away: the caller broke the contract, so nothing is promised. */
  muted = false;

  constructor(ledger: Ledger, hooks: Hooks) {
    this.#ledger = ledger;
    this.#hooks = hooks;
    this.#cpuIndex = new Map(ledger.machine.onlineCpus.map((cpu, index) => [cpu, index]));
  }

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.events++;
    this.listener?.ptesSet(start, count, frames, first);
    if (!this.muted) for (const watcher of this.#hooks.ptesSet) watcher.ptesSet(start, count);
    this.#ledger.ptesSet(start, count, frames, first);
  }

  ptesCleared(start: number, end: number): void {
    this.events++;
    this.listener?.ptesCleared(start, end);
    if (!this.muted) for (const watcher of this.#hooks.ptesCleared) watcher.ptesCleared(start, end);
    this.#ledger.ptesCleared(start, end);
  }

  flushAsked(start: number, end: number): void {
    this.events++;
    this.flushes++;
    this.listener?.flushAsked(start, end);
    if (!this.muted) for (const watcher of this.#hooks.flushAsked) watcher.flushAsked(start, end);
  }

  invalidated(cpu: number, start: number, end: number): void {
    this.events++;
    this.listener?.invalidated(cpu, start, end);
    this.#ledger.invalidated(cpu, start, end);
    this.concreteTlb?.invalidate(this.#cpuIndex.get(cpu) ?? 0, start, end);
  }

  frameAllocated(pfn: number): void {
    this.events++;
    this.listener?.frameAllocated(pfn);
    this.#ledger.frameAllocated(pfn);
  }

  frameFreed(pfn: number): void {
    this.events++;
    this.listener?.frameFreed(pfn);
    if (!this.muted) for (const watcher of this.#hooks.frameFreed) watcher.frameFreed(pfn);
    this.#ledger.frameFreed(pfn);
  }

  directMapSet(pfn: number, perm: DirectMapPerm): void {
    this.events++;
    this.listener?.directMapSet(pfn, perm);
    this.#ledger.directMapSet(pfn, perm);
  }

  complaint(cause: 'locking' | 'list', text: string): void {
    this.listener?.complaint(cause, text);
    if (!this.muted) for (const watcher of this.#hooks.complaint) watcher.complaint(cause, text);
  }

  innerAllocated(vpn: number, pages: number): void {
    this.listener?.innerAllocated(vpn, pages);
    this.#ledger.innerAllocated(vpn, pages);
  }

  innerFreeBegins(vpn: number): void {
    this.listener?.innerFreeBegins(vpn);
    this.#ledger.innerFreeBegins(vpn);
  }

  innerFreeReturned(vpn: number): void {
    this.listener?.innerFreeReturned(vpn);
    this.#ledger.innerFreeReturned(vpn);
  }
}
