import { Hardware } from '../../../models/hardware/hardware.ts';
import { CALLER_PFN, type Machine } from '../../../models/hardware/machine.ts';
import type { DirectMapPerm, KernelObserver } from '../../../models/hardware/observer.ts';
import { Kernel, type KernelClass } from '../../../models/kernel/kernel.ts';
import { type Run, runStraight } from '../../../models/kernel/point.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { StateReader } from '../../../src/subject/kernel-state.ts';
import type { KernelState } from '../../../src/subject/port.ts';

/** Blocks of 4 pages for regions of up to 2; lazy pages are drained from the 33rd on. */
const MACHINE: Machine = {
  ...DEFAULT_MACHINE,
  vmallocPages: 64,
  ramPages: 64,
  vmapMaxAlloc: 2,
  vmapBbmapBits: 4,
  lazyMaxPages: 32,
};

/** Writes each event down as a line; what each CPU drops is not worth one. */
export class EventLog implements KernelObserver {
  #lines: string[] = [];

  /** The lines since the last time. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  ptesSet(start: number, count: number): void {
    this.#lines.push(`set ${start}-${start + count}`);
  }
  ptesCleared(start: number, end: number): void {
    this.#lines.push(`clear ${start}-${end}`);
  }
  flushAsked(start: number, end: number): void {
    this.#lines.push(`flush ${start}-${end}`);
  }
  invalidated(): void {}
  frameAllocated(pfn: number): void {
    this.#lines.push(`allocate frame ${pfn}`);
  }
  frameFreed(pfn: number): void {
    this.#lines.push(`free frame ${pfn}`);
  }
  directMapSet(pfn: number, perm: DirectMapPerm): void {
    this.#lines.push(`direct map ${pfn} ${['default', 'read-only', 'invalid'][perm]}`);
  }
  innerFreeBegins(vpn: number): void {
    this.#lines.push(`inner free of ${vpn} begins`);
  }
  innerFreeReturned(vpn: number): void {
    this.#lines.push(`inner free of ${vpn} returned`);
  }
  innerAllocated(vpn: number, pages: number): void {
    this.#lines.push(`inner ${vpn}-${vpn + pages}`);
  }
  complaint(cause: 'locking' | 'list', text: string): void {
    this.#lines.push(`${cause}: ${text}`);
  }
}

/** One booted kernel of a class, and what it does to the hardware. */
export class Bench {
  readonly kernel: Kernel;
  readonly #log = new EventLog();
  readonly #state: StateReader;
  /** Which allocations fail, counted from 1 since the last `outOfMemory`. */
  #fails: (nth: number) => boolean = () => false;
  #allocations = 0;

  constructor(Base: KernelClass = Kernel, fields: Partial<Machine> = {}) {
    const bench = this;
    const machine = { ...MACHINE, ...fields };
    class Starved extends Base {
      override mayAllocate(): boolean {
        return !bench.#fails(++bench.#allocations) && super.mayAllocate();
      }
    }
    this.kernel = new Starved(machine, new Hardware(machine, this.#log), this.#log);
    this.#state = new StateReader(this.kernel);
  }

  /** Runs a kernel function to its end. */
  run<T>(run: Run<T>): T {
    return runStraight(run);
  }

  /** From now on the allocations for which this says so fail; the next one is number 1. */
  outOfMemory(fails: (nth: number) => boolean): void {
    this.#fails = fails;
    this.#allocations = 0;
  }

  /** What happened to the hardware since the last time. */
  events(): string[] {
    return this.#log.take();
  }

  state(): KernelState {
    return structuredClone(this.#state.read());
  }

  /** Live objects of a kind. */
  objects(kind: string): number {
    return this.kernel.liveObjects.get(kind) ?? 0;
  }

  // The calls tests make all the time.

  vmalloc(pages: number, flags = 0, align = 1): number {
    const end = this.kernel.VMALLOC_END;
    return this.run(this.kernel.__vmalloc_node_range(pages, align, 0, end, flags));
  }

  vmap(pages: number): number {
    return this.run(this.kernel.vmap(callerFrames(pages), pages));
  }

  map(pages: number): number {
    return this.run(this.kernel.vm_map_ram(callerFrames(pages), pages));
  }

  unmap(vpn: number, pages: number): void {
    this.run(this.kernel.vm_unmap_ram(vpn, pages));
  }

  vfree(vpn: number): void {
    this.run(this.kernel.vfree(vpn));
  }

  aliases(): void {
    this.run(this.kernel.vm_unmap_aliases());
  }
}

/** Frames such as callers bring, CALLER_PFN and following. */
export function callerFrames(pages: number): number[] {
  return Array.from({ length: pages }, (_, page) => CALLER_PFN + page);
}
