import type { Lock, Task } from './locks.ts';

/** The longest walk along lists while one lock was held. */
export interface Walk {
  readonly lock: string;
  readonly kind: 'spinlock' | 'mutex' | 'RCU';
  /** Nodes visited from taking the lock to letting go of it. */
  readonly nodes: number;
}

/** What rcu_read_lock() is called among the locks. */
const RCU = 'rcu_read_lock()';

/**
 * How far lists are walked under which lock: what everybody else who wants the lock waits for.
 * Counted are the nodes that the loops of the C source visit. Searches of trees are not, as they
 * take the logarithm of that.
 */
export class Walks {
  readonly longest = new Map<string, Walk>();

  /** A loop of the C source visits one more node: it counts for every lock the task holds. */
  visited(task: Task): void {
    const { held } = task;
    for (let i = 0; i < held.length; i++) {
      const lock = held[i];
      if (lock !== undefined) lock.walked++;
    }
    if (task.rcuDepth > 0) task.rcuWalked++;
  }

  /** A lock is given up, or offered to whoever waits for it. */
  ended(lock: Lock): void {
    this.#note(lock.label, lock.sleeps ? 'mutex' : 'spinlock', lock.walked);
    lock.walked = 0;
  }

  /** The outermost RCU read-side critical section of a task has ended. */
  rcuEnded(task: Task): void {
    this.#note(RCU, 'RCU', task.rcuWalked);
    task.rcuWalked = 0;
  }

  #note(lock: string, kind: Walk['kind'], nodes: number): void {
    if (nodes > (this.longest.get(lock)?.nodes ?? 0)) this.longest.set(lock, { lock, kind, nodes });
  }
}
