import { describe, expect, it } from 'vitest';
import { LockingError, Task } from '../../../models/kernel/locks.ts';
import { KernelBug, KernelOops } from '../../../models/kernel/oops.ts';
import type { Step } from '../../../models/kernel/point.ts';
import { Bench } from './bench.ts';

/** Takes what a step gives, which must not stop. */
function pass<T>(step: Step<T>): T {
  const result = step[Symbol.iterator]().next();
  if (!result.done) throw new Error(`stopped at ${result.value.label}`);
  return result.value;
}

describe('locks', () => {
  it('a lock taken twice is a deadlock', () => {
    const { kernel } = new Bench();
    const lock = kernel.newLock('l');
    pass(kernel.spin_lock(lock));
    expect(() => pass(kernel.spin_lock(lock))).toThrow(LockingError);
  });

  it('only its owner may unlock a lock', () => {
    const { kernel } = new Bench();
    const lock = kernel.newLock('l');
    pass(kernel.spin_lock(lock));
    kernel.current = new Task('other', 0);
    expect(() => pass(kernel.spin_unlock(lock))).toThrow(LockingError);
  });

  it('a lock in freed memory cannot be taken', () => {
    const { kernel } = new Bench();
    const lock = kernel.newLock('l');
    lock.freed = true;
    expect(() => pass(kernel.spin_lock(lock))).toThrow(KernelOops);
  });

  it('locks may be released in any order', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const [a, b] = [kernel.newLock('a'), kernel.newLock('b')];
    pass(kernel.spin_lock(a));
    pass(kernel.spin_lock(b));
    pass(kernel.spin_unlock(a));
    expect(kernel.current.held).toEqual([b]);
    pass(kernel.spin_unlock(b));
    kernel.might_sleep();
    expect(bench.events()).toEqual([]);
  });

  it.each(['spinlock', 'RCU'])('a mutex inside %s is sleeping in atomic context', (inside) => {
    const bench = new Bench();
    const { kernel } = bench;
    if (inside === 'RCU') kernel.rcu_read_lock();
    else pass(kernel.spin_lock(kernel.newLock('l')));
    pass(kernel.mutex_lock(kernel.newMutex('m')));
    const where = inside === 'RCU' ? 'an RCU read-side critical section' : 'l';
    expect(bench.events()).toEqual([`locking: sleeping in atomic context, inside ${where}`]);
  });

  it('a mutex inside a mutex is fine', () => {
    const bench = new Bench();
    pass(bench.kernel.mutex_lock(bench.kernel.newMutex('m')));
    pass(bench.kernel.mutex_lock(bench.kernel.newMutex('n')));
    expect(bench.events()).toEqual([]);
  });

  it('taking locks in two orders is complained about', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const [a, b] = [kernel.newLock('a'), kernel.newLock('b')];
    for (const [outer, inner] of [[a, b] as const, [b, a] as const]) {
      pass(kernel.spin_lock(outer));
      pass(kernel.spin_lock(inner));
      pass(kernel.spin_unlock(inner));
      pass(kernel.spin_unlock(outer));
    }
    expect(bench.events()).toEqual([expect.stringContaining('locking: lock order inversion: a')]);
  });

  it('a lock that is not held is noticed where it should be', () => {
    const bench = new Bench();
    bench.kernel.lockdep_assert_held(bench.kernel.vmap_purge_lock);
    expect(bench.events()).toEqual(['locking: lockdep_assert_held: vmap_purge_lock is not held']);
  });
});

describe('scheduling points', () => {
  it('a lock stops before it is taken, and while somebody else has it', () => {
    const { kernel } = new Bench();
    const lock = kernel.newLock('l');
    const owner = new Task('other', 0);
    kernel.interleaved = true;
    lock.owner = owner;
    const run = kernel.spin_lock(lock)[Symbol.iterator]();
    expect(run.next().value).toMatchObject({ kind: 'lock', object: lock });
    expect(run.next().value).toMatchObject({ kind: 'blocked', object: lock });
    expect(run.next().value).toMatchObject({ kind: 'blocked', object: lock });
    lock.owner = null;
    expect(run.next().done).toBe(true);
    expect(lock.owner).toBe(kernel.current);
  });

  it('a load gives what the word holds after the point', () => {
    const { kernel } = new Bench();
    kernel.interleaved = true;
    const word = { free: 1 };
    const run = kernel.READ_ONCE(word, 'free')[Symbol.iterator]();
    run.next();
    word.free = 2;
    expect(run.next().value).toBe(2);
  });

  it('an atomic addition is one step behind its point', () => {
    const { kernel } = new Bench();
    kernel.interleaved = true;
    const run = kernel.atomic_long_add_return(3, kernel.vmap_lazy_nr)[Symbol.iterator]();
    run.next();
    expect(kernel.vmap_lazy_nr.value).toBe(0);
    kernel.vmap_lazy_nr.value = 10;
    expect(run.next().value).toBe(13);
  });

  it('cond_resched_lock() lets somebody else take the lock', () => {
    const { kernel } = new Bench();
    const lock = kernel.newLock('l');
    pass(kernel.spin_lock(lock));
    kernel.interleaved = true;
    const run = kernel.cond_resched_lock(lock)[Symbol.iterator]();
    expect(run.next().value).toMatchObject({ kind: 'unlock' });
    expect(run.next().value).toMatchObject({ kind: 'lock' });
    expect(lock.owner).toBeNull();
    run.next();
    expect(lock.owner).toBe(kernel.current);
  });

  it('in a straight run atomics and loads give the same without a stop', () => {
    const { kernel } = new Bench();
    expect(pass(kernel.atomic_long_add_return(3, kernel.vmap_lazy_nr))).toBe(3);
    expect(pass(kernel.atomic_long_sub(1, kernel.vmap_lazy_nr))).toBe(2);
    expect(pass(kernel.atomic_long_read(kernel.vmap_lazy_nr))).toBe(2);
  });
});

describe('RCU', () => {
  it('reclaims at once if nobody reads', () => {
    const { kernel } = new Bench();
    let reclaimed = false;
    kernel.call_rcu(() => {
      reclaimed = true;
    });
    expect(reclaimed).toBe(true);
  });

  it('reclaims when the last reader has left', () => {
    const { kernel } = new Bench();
    const reader = kernel.current;
    const other = new Task('other', 1);
    let reclaimed = false;
    kernel.rcu_read_lock();
    kernel.current = other;
    kernel.rcu_read_lock();
    kernel.call_rcu(() => {
      reclaimed = true;
    });
    kernel.rcu_read_unlock();
    expect(reclaimed).toBe(false);
    kernel.current = reader;
    kernel.rcu_read_unlock();
    expect(reclaimed).toBe(true);
  });

  it('is not left by a task that is not inside', () => {
    expect(() => new Bench().kernel.rcu_read_unlock()).toThrow(LockingError);
  });
});

describe('memory', () => {
  it('fails the n-th allocation from now on and no other', () => {
    const { kernel } = new Bench();
    kernel.failAllocation(3);
    const got = [1, 2, 3, 4].map(() => kernel.mayAllocate());
    expect(got).toEqual([true, true, false, true]);
    expect(kernel.failedAllocations).toBe(1);
  });

  it('counts the objects that are alive, and none that was not allocated', () => {
    const bench = new Bench();
    const { kernel } = bench;
    kernel.failAllocation(2);
    expect([kernel.kmalloc('vm_struct'), kernel.kmalloc('vm_struct')]).toEqual([true, false]);
    expect(bench.objects('vm_struct')).toBe(1);
    kernel.kfree('vm_struct');
    expect(() => kernel.kfree('vm_struct')).toThrow(KernelOops);
  });
});

describe('the workqueue', () => {
  it('holds a work item once, for the CPU that scheduled it first', () => {
    const { kernel } = new Bench();
    const work = kernel.drain_vmap_work;
    kernel.current.cpu = 1;
    pass(kernel.schedule_work(work));
    kernel.current.cpu = 0;
    pass(kernel.schedule_work(work));
    expect(kernel.pendingWork).toEqual([work]);
    expect(work.cpu).toBe(1);
  });
});

describe('complaints', () => {
  it('BUG_ON() stops the machine, WARN_ON() is remembered, and only where they hold', () => {
    const { kernel } = new Bench();
    expect(() => kernel.BUG_ON(true, 'text')).toThrow(KernelBug);
    kernel.BUG_ON(false, 'text');
    expect(kernel.WARN_ON(false, 'first')).toBe(false);
    expect(kernel.warning).toBeNull();
    expect(kernel.WARN_ON(true, 'second')).toBe(true);
    expect(kernel.warning).toBe('second');
  });
});
