import { KernelLocks } from './kernel-locks.ts';
import { Task } from './locks.ts';
import { KernelBug, KernelOops } from './oops.ts';
import { PassedStep, type Run, type Step, StoppedStep } from './point.ts';

/** A work item of the system workqueue. */
export interface Work {
  readonly label: string;
  readonly run: () => Run<void>;
  pending: boolean;
  /** The CPU whose worker runs it: where it was scheduled last. */
  cpu: number;
}

/** A work item somebody waits for; `done` from when it has run to its end. */
export interface FlushableWork extends Work {
  done: boolean;
}

/** A counter that is only changed atomically (atomic_long_t). */
export interface AtomicLong {
  value: number;
  readonly label: string;
}

const passed = new PassedStep<void>(undefined);
const passedNumber = new PassedStep<number>(0);

/** What mm/vmalloc.c takes for granted besides locks: atomics, slab, workqueue, WARN and BUG. */
export abstract class KernelBase extends KernelLocks {
  /**
   * Whether somebody takes the work items others wait for off `pendingWork`, clears `pending` and
   * runs each as a task beside the rest. Only in interleaved runs.
   */
  workersAreTasks = false;
  /** The last WARN of the running call, or null. */
  warning: string | null = null;
  readonly tracepointCounts = new Map<string, number>();
  readonly liveObjects = new Map<string, number>();
  /** Work items in the order they were scheduled. */
  readonly pendingWork: Work[] = this.numbered([]);
  /** How many allocations were made to fail. */
  failedAllocations = 0;
  /** Allocations left until one fails; 0: none will. */
  #failAllocationIn = 0;
  /** Stands for planned failures in footprints. */
  readonly #memory = this.numbered({});

  // Single words of shared memory.

  /** A load another task may race with; `object[field]` is `value` when the load is done. */
  READ_ONCE<K extends string>(object: Readonly<Record<K, number>>, field: K): Step<number> {
    if (this.stopsHere()) return new StoppedStep('read', object, field, () => object[field]);
    return passedNumber.with(object[field]);
  }

  /** A store another task may race with. `value` is computed before another task can run. */
  WRITE_ONCE<K extends string>(object: Record<K, number>, field: K, value: number): Step<void> {
    if (this.stopsHere()) {
      return new StoppedStep('write', object, field, () => {
        object[field] = value;
      });
    }
    object[field] = value;
    return passed;
  }

  /** The point before a look, without a lock, at what is no number: whether a list is empty. */
  beforeLook(object: object, label: string): Step<void> {
    return this.stopsHere() ? new StoppedStep('read', object, label, () => {}) : passed;
  }

  atomic_long_read(counter: AtomicLong): Step<number> {
    return this.READ_ONCE(counter, 'value');
  }

  atomic_long_add_return(amount: number, counter: AtomicLong): Step<number> {
    if (this.stopsHere()) {
      return new StoppedStep('atomic', counter, counter.label, () => {
        counter.value += amount;
        return counter.value;
      });
    }
    counter.value += amount;
    return passedNumber.with(counter.value);
  }

  atomic_long_sub(amount: number, counter: AtomicLong): Step<number> {
    return this.atomic_long_add_return(-amount, counter);
  }

  // Memory.

  /** Plans for the n-th allocation from now on to fail (1: the next one). */
  failAllocation(nth: number): void {
    this.noteWrite(this.#memory);
    this.#failAllocationIn = nth;
  }

  /** Whether an allocation succeeds; every allocation of the kernel asks here, once. */
  mayAllocate(): boolean {
    if (this.#failAllocationIn === 0) {
      this.noteRead(this.#memory);
      return true;
    }
    this.noteWrite(this.#memory);
    if (--this.#failAllocationIn > 0) return true;
    this.failedAllocations++;
    return false;
  }

  /** kmalloc() of one object of a kind that is counted; false: out of memory. */
  kmalloc(kind: string): boolean {
    if (!this.mayAllocate()) return false;
    this.liveObjects.set(kind, (this.liveObjects.get(kind) ?? 0) + 1);
    return true;
  }

  /** kfree() of one counted object. */
  kfree(kind: string): void {
    const left = (this.liveObjects.get(kind) ?? 0) - 1;
    if (left < 0) throw new KernelOops(`double free of a ${kind}`);
    this.liveObjects.set(kind, left);
  }

  // The workqueue.

  /** A work item that is not scheduled yet. */
  newWork(label: string, run: () => Run<void>, cpu = 0): Work {
    return this.numbered({ label, run, pending: false, cpu });
  }

  schedule_work(work: Work): Step<void> {
    this.noteWrite(work);
    if (!work.pending) {
      this.noteWrite(this.pendingWork);
      work.pending = true;
      work.cpu = this.current.cpu;
      this.pendingWork.push(work);
    }
    return passed;
  }

  /** A work item that flush_work() can wait for. */
  INIT_WORK(label: string, body: () => Run<void>): FlushableWork {
    const work: FlushableWork = {
      label,
      run: function* () {
        yield* body();
        work.done = true;
      },
      pending: false,
      cpu: 0,
      done: false,
    };
    return this.numbered(work);
  }

  /**
   * Queues a work item on a CPU. Where workers are no tasks of their own, this one is so quick that
   * it is done at once.
   */
  *schedule_work_on(cpu: number, work: FlushableWork): Run<void> {
    work.cpu = cpu;
    if (this.workersAreTasks) {
      yield { kind: 'work', object: work, label: work.label };
      this.noteWrite(work);
      this.noteWrite(this.pendingWork);
      work.pending = true;
      this.pendingWork.push(work);
      return;
    }
    const caller = this.current;
    this.current = new Task(`kworker/${cpu}`, cpu);
    yield* work.run();
    this.current = caller;
  }

  /** Waits until a work item that was scheduled has run. */
  flush_work(work: FlushableWork): Step<void> {
    return this.workersAreTasks ? this.#waitFor(work) : passed;
  }

  *#waitFor(work: FlushableWork): Run<void> {
    do yield { kind: 'blocked', object: work, label: 'flush_work' };
    while (!work.done);
  }

  // Complaints.

  BUG_ON(condition: boolean, text: string): void {
    if (condition) throw new KernelBug(`BUG: ${text}`);
  }

  /** Records a complaint if the condition holds, and returns the condition. */
  WARN_ON(condition: boolean, text: string): boolean {
    if (condition) this.warning = text;
    return condition;
  }

  /** Passes a tracepoint: nothing happens but that it is counted. */
  trace(name: string): void {
    this.tracepointCounts.set(name, (this.tracepointCounts.get(name) ?? 0) + 1);
  }
}
