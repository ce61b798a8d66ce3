/** A locking rule broken so that the machine cannot go on: a deadlock, a lock not held. */
export class LockingError extends Error {}

/** A task: the context kernel code runs in. */
export class Task {
  readonly name: string;
  cpu: number;
  /** Locks held now, in the order they were taken. */
  readonly held: Lock[] = [];
  /** Spinlocks held and other reasons why this task must not sleep. */
  atomicDepth = 0;
  rcuDepth = 0;
  /** List nodes visited in the RCU read-side critical section it is in. */
  rcuWalked = 0;

  constructor(name: string, cpu: number) {
    this.name = name;
    this.cpu = cpu;
  }
}

/** A spinlock or mutex. Locks of one class obey one order, as for lockdep. */
export class Lock {
  readonly label: string;
  readonly lockClass: number;
  readonly sleeps: boolean;
  owner: Task | null = null;
  /** List nodes visited since it was taken, or last offered to others. */
  walked = 0;
  /** Set when the memory that holds the lock is freed: any later use is a use after free. */
  freed = false;
  /** What stands for it, and for what it protects, in footprints. */
  number = 0;

  constructor(label: string, lockClass: number, sleeps = false) {
    this.label = label;
    this.lockClass = lockClass;
    this.sleeps = sleeps;
  }
}

const MAX_CLASSES = 32;

/** Remembers in which order classes of locks were taken, to notice the opposite order. */
export class LockOrder {
  readonly #labels: string[] = [];
  /** By class: the set of classes that were once taken while it was held, a bit each. */
  readonly #taken: number[] = [];

  /** A class number for a label; the same label gives the same class. */
  classOf(label: string): number {
    const known = this.#labels.indexOf(label);
    if (known >= 0) return known;
    if (this.#labels.length === MAX_CLASSES) throw new Error('too many lock classes');
    this.#taken.push(0);
    return this.#labels.push(label) - 1;
  }

  /** What is wrong with taking `next` while `held` are held, as lockdep would say; else null. */
  problem(held: readonly Lock[], next: Lock): string | null {
    for (let i = 0; i < held.length; i++) {
      const lock = held[i];
      if (lock === undefined) continue;
      const taken = this.#taken[lock.lockClass] ?? 0;
      if (taken & (1 << next.lockClass)) continue;
      this.#taken[lock.lockClass] = taken | (1 << next.lockClass);
      if (lock.lockClass === next.lockClass) {
        return `${next.label} taken while one of the same class is held`;
      }
      if (this.#reaches(next.lockClass, lock.lockClass)) {
        return (
          `lock order inversion: ${next.label} taken while ${lock.label} is held, ` +
          'and elsewhere the other way round'
        );
      }
    }
    return null;
  }

  #reaches(from: number, to: number): boolean {
    const seen = new Set([from]);
    for (const at of seen) {
      if (at === to) return true;
      for (let b = 0; b < this.#labels.length; b++) {
        if ((this.#taken[at] ?? 0) & (1 << b)) seen.add(b);
      }
    }
    return false;
  }
}
