import type { Hardware } from '../hardware/hardware.ts';
import type { Machine } from '../hardware/machine.ts';
import type { KernelObserver } from '../hardware/observer.ts';
import { FIRST_KERNEL_NUMBER, type Footprint } from './footprint.ts';
import { Lock, Task } from './locks.ts';
import { Walks } from './walks.ts';

/**
 * The machine a kernel runs on, the task that runs, and what its steps touch besides the object
 * their scheduling point names and the locks they have.
 */
export abstract class KernelContext {
  readonly machine: Machine;
  readonly hardware: Hardware;
  readonly observer: KernelObserver;
  /** Whether scheduling points yield. */
  interleaved = false;
  /** The task that runs now; whoever resumes a task sets it. */
  current: Task;
  readonly walks = new Walks();
  /** What the running step touches; null where calls do not run as tasks. */
  footprint: Footprint | null = null;
  #nextNumber = FIRST_KERNEL_NUMBER;
  /** Numbers of shared objects without a lock of their own, for footprints. */
  readonly #numbers = new Map<object, number>();
  readonly #cpus: object[] = [];

  constructor(machine: Machine, hardware: Hardware, observer: KernelObserver) {
    this.machine = machine;
    this.hardware = hardware;
    this.observer = observer;
    this.current = new Task('init', machine.onlineCpus[0] ?? 0);
  }

  /** The next number for a shared object. */
  takeNumber(): number {
    return this.#nextNumber++;
  }

  /**
   * The number of a shared object: that of its lock if it has one of its own. The n-th object asked
   * about has the same number in every run that has taken the same steps.
   */
  numberOf(object: object): number {
    if (object instanceof Lock) return object.number;
    if ('lock' in object && object.lock instanceof Lock) return object.lock.number;
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#nextNumber++;
      this.#numbers.set(object, number);
    }
    return number;
  }

  /** The running step reads what others may write without a lock that both take. */
  noteRead(object: object): void {
    if (this.footprint !== null) this.footprint.read(this.numberOf(object));
  }

  /** The running step writes what others may read or write without a lock that both take. */
  noteWrite(object: object): void {
    if (this.footprint !== null) this.footprint.write(this.numberOf(object));
  }

  /** The running step reads what only tasks on its CPU touch. */
  noteCpuRead(): void {
    this.noteRead(this.#cpuData());
  }

  /** The running step writes what only tasks on its CPU touch. */
  noteCpuWrite(): void {
    this.noteWrite(this.#cpuData());
  }

  #cpuData(): object {
    this.#cpus[this.current.cpu] ??= {};
    return this.#cpus[this.current.cpu] ?? this;
  }

  /** The running step touches pages [start, end); `kinds` as in footprint.ts. */
  notePages(start: number, end: number, kinds: number): void {
    this.footprint?.touchPages(start, end, kinds);
  }
}
