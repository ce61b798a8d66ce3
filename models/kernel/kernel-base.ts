import type { Hardware } from '../hardware/hardware.ts';
import type { Machine } from '../hardware/machine.ts';
import type { KernelObserver } from '../hardware/observer.ts';
import { FIRST_KERNEL_NUMBER, type Footprint } from './footprint.ts';
import { Lock, LockingError, LockOrder, Task } from './locks.ts';
import { KernelBug, KernelOops } from './oops.ts';
import { PassedStep, type Run, type Step } from './point.ts';
import { Walks } from './walks.ts';

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
const passedBoolean = new PassedStep<boolean>(false);

/**
 * What mm/vmalloc.c takes for granted: locks, RCU, atomics, the slab, the workqueue, WARN and BUG.
 * Every function that can be a scheduling point returns a Step; with `interleaved` false it passes
 * at once.
 */
export abstract class KernelBase {
  readonly machine: Machine;
  readonly hardware: Hardware;
  readonly observer: KernelObserver;
  /** Whether scheduling points yield. */
  interleaved = false;
  /**
   * Whether somebody takes the work items others wait for off `pendingWork`, clears `pending` and
   * runs each as a task beside the rest. Only in interleaved runs.
   */
  workersAreTasks = false;
  /** The task that runs now; whoever resumes a task sets it. */
  current: Task;
  /** The last WARN of the running call, or null. */
  warning: string | null = null;
  readonly lockOrder = new LockOrder();
  readonly tracepointCounts = new Map<string, number>();
  readonly liveObjects = new Map<string, number>();
  readonly walks = new Walks();
  /** Work items in the order they were scheduled. */
  readonly pendingWork: Work[] = [];
  /** How many allocations were made to fail. */
  failedAllocations = 0;
  /** Allocations left until one fails; 0: none will. */
  #failAllocationIn = 0;
  /** Tasks inside rcu_read_lock(), and what waits for the last of them. */
  #rcuReaders = 0;
  readonly #rcuCallbacks: (() => void)[] = [];
  /** What the running step touches; null where calls do not run as tasks. */
  footprint: Footprint | null = null;
  #nextNumber = FIRST_KERNEL_NUMBER;
  /** Numbers of shared objects without a lock of their own, for footprints. */
  readonly #numbers = new Map<object, number>();
  /** Stand for the RCU read-side critical sections, and for planned failures, in footprints. */
  readonly #rcu = {};
  readonly #memory = {};
  readonly #cpus: object[] = [];

  constructor(machine: Machine, hardware: Hardware, observer: KernelObserver) {
    this.machine = machine;
    this.hardware = hardware;
    this.observer = observer;
    this.current = new Task('init', machine.onlineCpus[0] ?? 0);
  }

  // Locks.

  newLock(label: string): Lock {
    return this.#numbered(new Lock(label, this.lockOrder.classOf(label)));
  }

  newMutex(label: string): Lock {
    return this.#numbered(new Lock(label, this.lockOrder.classOf(label), true));
  }

  #numbered(lock: Lock): Lock {
    lock.number = this.#nextNumber++;
    return lock;
  }

  spin_lock(lock: Lock): Step<void> {
    if (this.interleaved) return this.#lockInterleaved(lock);
    this.#acquire(lock);
    return passed;
  }

  spin_unlock(lock: Lock): Step<void> {
    if (this.interleaved) return this.#unlockInterleaved(lock);
    this.#release(lock);
    return passed;
  }

  mutex_lock(lock: Lock): Step<void> {
    this.might_sleep();
    return this.spin_lock(lock);
  }

  mutex_unlock(lock: Lock): Step<void> {
    return this.spin_unlock(lock);
  }

  /** Takes a mutex if nobody has it, the caller included. Returns whether it did; never waits. */
  mutex_trylock(lock: Lock): Step<boolean> {
    if (this.interleaved) return this.#trylockInterleaved(lock);
    return passedBoolean.with(this.#tryAcquire(lock));
  }

  /** Drops a contended spinlock for a moment; a straight run has nobody else to let in. */
  cond_resched_lock(lock: Lock): Step<void> {
    this.lockdep_assert_held(lock);
    this.walks.ended(lock);
    return this.interleaved ? this.#yieldLock(lock) : passed;
  }

  lockdep_assert_held(lock: Lock): void {
    if (lock.owner === this.current) return;
    this.observer.complaint('locking', `lockdep_assert_held: ${lock.label} is not held`);
  }

  /** Complains where the caller must not sleep. */
  might_sleep(): void {
    const task = this.current;
    if (task.atomicDepth > 0 || task.rcuDepth > 0) {
      const why = task.held.at(-1)?.label ?? 'an RCU read-side critical section';
      this.observer.complaint('locking', `sleeping in atomic context, inside ${why}`);
    }
  }

  #acquire(lock: Lock): void {
    if (lock.freed) throw new KernelOops(`use after free: ${lock.label}`);
    const task = this.current;
    if (lock.owner !== null) throw new LockingError(`deadlock on ${lock.label}`);
    if (task.held.length > 0) {
      const problem = this.lockOrder.problem(task.held, lock);
      if (problem !== null) this.observer.complaint('locking', problem);
    }
    this.#take(lock, task);
  }

  /** What does not wait cannot deadlock: the order of locks does not matter to it. */
  #tryAcquire(lock: Lock): boolean {
    if (lock.freed) throw new KernelOops(`use after free: ${lock.label}`);
    if (lock.owner !== null) return false;
    this.#take(lock, this.current);
    return true;
  }

  #take(lock: Lock, task: Task): void {
    lock.owner = task;
    task.held.push(lock);
    if (!lock.sleeps) task.atomicDepth++;
  }

  #release(lock: Lock): void {
    const task = this.current;
    if (lock.owner !== task) throw new LockingError(`${lock.label} unlocked by a task without it`);
    lock.owner = null;
    if (lock.walked > 0) this.walks.ended(lock);
    if (task.held.at(-1) === lock) task.held.pop();
    else task.held.splice(task.held.lastIndexOf(lock), 1);
    if (!lock.sleeps) task.atomicDepth--;
  }

  *#lockInterleaved(lock: Lock): Run<void> {
    yield { kind: 'lock', object: lock, label: lock.label };
    while (lock.owner !== null) {
      if (lock.owner === this.current) throw new LockingError(`deadlock on ${lock.label}`);
      yield { kind: 'blocked', object: lock, label: lock.label };
    }
    this.#acquire(lock);
  }

  *#trylockInterleaved(lock: Lock): Run<boolean> {
    yield { kind: 'atomic', object: lock, label: lock.label };
    return this.#tryAcquire(lock);
  }

  *#unlockInterleaved(lock: Lock): Run<void> {
    yield { kind: 'unlock', object: lock, label: lock.label };
    this.#release(lock);
  }

  *#yieldLock(lock: Lock): Run<void> {
    yield* this.#unlockInterleaved(lock);
    yield* this.#lockInterleaved(lock);
  }

  // What a step touches besides the object its scheduling point names and the locks it has.

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

  /**
   * The running step writes what only tasks of its CPU touch, and could be preempted there. What is
   * written in atomic context need not be told.
   */
  noteCpuWrite(): void {
    this.footprint?.write(this.numberOfCpu(this.current.cpu));
  }

  /** The number of a CPU: of having it to oneself, and of per-CPU data. */
  numberOfCpu(cpu: number): number {
    this.#cpus[cpu] ??= {};
    return this.numberOf(this.#cpus[cpu]);
  }

  /** The running step touches pages [start, end); `kinds` as in footprint.ts. */
  notePages(start: number, end: number, kinds: number): void {
    this.footprint?.touchPages(start, end, kinds);
  }

  // RCU.

  rcu_read_lock(): void {
    this.current.rcuDepth++;
    this.#rcuReaders++;
    this.noteRead(this.#rcu);
  }

  rcu_read_unlock(): void {
    if (this.current.rcuDepth === 0) throw new LockingError('rcu_read_unlock without a lock');
    if (--this.current.rcuDepth === 0) this.walks.rcuEnded(this.current);
    if (this.#rcuCallbacks.length === 0) this.noteRead(this.#rcu);
    else this.noteWrite(this.#rcu);
    if (--this.#rcuReaders > 0) return;
    for (const callback of this.#rcuCallbacks.splice(0)) callback();
  }

  /**
   * Runs `reclaim` after a grace period: when no reader that could still see the object is left.
   */
  call_rcu(reclaim: () => void): void {
    this.noteWrite(this.#rcu);
    if (this.#rcuReaders === 0) reclaim();
    else this.#rcuCallbacks.push(reclaim);
  }

  // Single words of shared memory.

  /** A load another task may race with; `object[field]` is `value` when the load is done. */
  READ_ONCE<K extends string>(object: Readonly<Record<K, number>>, field: K): Step<number> {
    if (this.interleaved) return this.#readInterleaved(object, field);
    return passedNumber.with(object[field]);
  }

  *#readInterleaved<K extends string>(object: Readonly<Record<K, number>>, field: K): Run<number> {
    yield { kind: 'read', object, label: field };
    return object[field];
  }

  /** A store another task may race with. `value` is computed before another task can run. */
  WRITE_ONCE<K extends string>(object: Record<K, number>, field: K, value: number): Step<void> {
    if (this.interleaved) return this.#writeInterleaved(object, field, value);
    object[field] = value;
    return passed;
  }

  *#writeInterleaved<K extends string>(
    object: Record<K, number>,
    field: K,
    value: number,
  ): Run<void> {
    yield { kind: 'write', object, label: field };
    object[field] = value;
  }

  /** The point before a look, without a lock, at what is no number: whether a list is empty. */
  beforeLook(object: object, label: string): Step<void> {
    return this.interleaved ? this.#lookInterleaved(object, label) : passed;
  }

  *#lookInterleaved(object: object, label: string): Run<void> {
    yield { kind: 'read', object, label };
  }

  atomic_long_read(counter: AtomicLong): Step<number> {
    return this.READ_ONCE(counter, 'value');
  }

  atomic_long_add_return(amount: number, counter: AtomicLong): Step<number> {
    if (this.interleaved) return this.#addInterleaved(amount, counter);
    counter.value += amount;
    return passedNumber.with(counter.value);
  }

  atomic_long_sub(amount: number, counter: AtomicLong): Step<number> {
    return this.atomic_long_add_return(-amount, counter);
  }

  *#addInterleaved(amount: number, counter: AtomicLong): Run<number> {
    yield { kind: 'atomic', object: counter, label: counter.label };
    counter.value += amount;
    return counter.value;
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
    return work;
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
