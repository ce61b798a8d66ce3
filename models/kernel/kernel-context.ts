import type { Hardware } from '../hardware/hardware.ts';
import type { Machine } from '../hardware/machine.ts';
import type { KernelObserver } from '../hardware/observer.ts';
import { type Footprint, UNNUMBERED } from './footprint.ts';
import { Lock, Task } from './locks.ts';
import { Walks } from './walks.ts';

/** The first number of a shared object that is the kernel's. */
const FIRST_NUMBER = UNNUMBERED + 1;

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
  /**
   * How many points from here on the running task passes without stopping: somebody knows that no
   * other task runs in between.
   */
  pointsToPass = 0;
  /** The task that runs now; whoever resumes a task sets it. */
  current: Task;
  readonly walks = new Walks();
  /** What the running step touches; null where calls do not run as tasks. */
  footprint: Footprint | null = null;
  /** Shared objects by number, from the first that the kernel gives. */
  readonly #numbered: object[] = [];
  /** Stand for the data of each CPU. */
  readonly #cpus: object[] = [];

  constructor(machine: Machine, hardware: Hardware, observer: KernelObserver) {
    this.machine = machine;
    this.hardware = hardware;
    this.observer = observer;
    this.current = new Task('init', machine.onlineCpus[0] ?? 0);
    this.numbered(hardware);
    for (const cpu of machine.possibleCpus) this.#cpus[cpu] = this.numbered({});
  }

  /** Whether the running task stops at the scheduling point it has come to. To be asked once. */
  stopsHere(): boolean {
    if (!this.interleaved) return false;
    if (this.pointsToPass === 0) return true;
    this.pointsToPass--;
    return false;
  }

  /**
   * Gives a shared object a number of its own, for footprints: when it is made, so that it has the
   * same one in every run that takes the same steps until then. Returns the object.
   */
  numbered<T extends object>(object: T): T {
    this.#numbered.push(object);
    return object;
  }

  /**
   * The number of a shared object. What has none of its own but a lock has that of the lock, under
   * which all must be written that is read without it; the rest share one.
   */
  numberOf(object: object): number {
    if (object instanceof Lock) return object.number;
    const at = this.#numbered.indexOf(object);
    if (at >= 0) return FIRST_NUMBER + at;
    return 'lock' in object && object.lock instanceof Lock ? object.lock.number : UNNUMBERED;
  }

  /** Gives a lock its number, which is asked for more often than any other. */
  protected numberedLock(lock: Lock): Lock {
    lock.number = FIRST_NUMBER + this.#numbered.push(lock) - 1;
    return lock;
  }

  /** The running step reads what others may write without a lock that both take. */
  noteRead(object: object): void {
    if (this.footprint?.isWanted) this.footprint.read(this.numberOf(object));
  }

  /** The running step writes what others may read or write without a lock that both take. */
  noteWrite(object: object): void {
    if (this.footprint?.isWanted) this.footprint.write(this.numberOf(object));
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
    return this.#cpus[this.current.cpu] ?? this;
  }

  /** The running step touches pages [start, end); `kinds` as in footprint.ts. */
  notePages(start: number, end: number, kinds: number): void {
    this.footprint?.touchPages(start, end, kinds);
  }
}
