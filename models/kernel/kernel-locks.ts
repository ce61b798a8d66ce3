import { KernelContext } from './kernel-context.ts';
import { Lock, LockingError, LockOrder, type Task } from './locks.ts';
import { KernelOops } from './oops.ts';
import { PassedStep, type Point, type Run, type Step, StoppedStep } from './point.ts';

const passed = new PassedStep<void>(undefined);
const passedBoolean = new PassedStep<boolean>(false);

/**
 * Locks and RCU. Every function that can be a scheduling point returns a Step; with `interleaved`
 * false it passes at once.
 */
export abstract class KernelLocks extends KernelContext {
  readonly lockOrder = new LockOrder();
  /** Tasks inside rcu_read_lock(), and what waits for the last of them. */
  #rcuReaders = 0;
  readonly #rcuCallbacks: (() => void)[] = [];
  /** Stands for the RCU read-side critical sections in footprints. */
  readonly #rcu = this.numbered({});

  newLock(label: string): Lock {
    return this.numberedLock(new Lock(label, this.lockOrder.classOf(label)));
  }

  newMutex(label: string): Lock {
    return this.numberedLock(new Lock(label, this.lockOrder.classOf(label), true));
  }

  spin_lock(lock: Lock): Step<void> {
    if (this.stopsHere()) return this.#lockStep(lock);
    this.#acquire(lock);
    return passed;
  }

  spin_unlock(lock: Lock): Step<void> {
    if (this.stopsHere()) return this.#unlockStep(lock);
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
    if (this.stopsHere()) {
      return new StoppedStep('atomic', lock, lock.label, () => this.#tryAcquire(lock));
    }
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

  #lockStep(lock: Lock): Step<void> {
    return new LockStep(this, lock, () => this.#acquire(lock));
  }

  #unlockStep(lock: Lock): Step<void> {
    return new StoppedStep('unlock', lock, lock.label, () => this.#release(lock));
  }

  *#yieldLock(lock: Lock): Run<void> {
    yield* this.#unlockStep(lock);
    yield* this.#lockStep(lock);
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
}

/** Before a lock is taken, and while another task has it. */
class LockStep extends StoppedStep<void> {
  readonly #kernel: KernelLocks;
  readonly #lock: Lock;

  constructor(kernel: KernelLocks, lock: Lock, acquire: () => void) {
    super('lock', lock, lock.label, acquire);
    this.#kernel = kernel;
    this.#lock = lock;
  }

  override next(): IteratorResult<Point, void> {
    const { owner, label } = this.#lock;
    // Taking a lock it holds is a step: into the deadlock.
    const waits = this.isPassed && owner !== null && owner !== this.#kernel.current;
    return waits
      ? { done: false, value: { kind: 'blocked', object: this.#lock, label } }
      : super.next();
  }
}
