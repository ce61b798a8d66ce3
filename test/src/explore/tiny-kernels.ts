import type { KernelClass } from '../../../models/kernel/kernel.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { PolicySubject } from '../../../src/subject/policy-subject.ts';
import { subjectWith } from './runs.ts';

/** A kernel whose `shrink` does one small thing on each CPU, and as many tasks that call it. */
export interface Tiny {
  readonly name: string;
  readonly subject: PolicySubject;
  readonly scenario: Scenario;
}

function tiny(name: string, cpus: readonly number[], apply: (Base: KernelClass) => KernelClass) {
  const possibleCpus = [...new Set(cpus)];
  const machine = { ...DEFAULT_MACHINE, possibleCpus, onlineCpus: possibleCpus };
  const tasks = cpus.map((cpu) => ({ cpu, operations: [{ kind: 'shrink' } as const] }));
  return { name, subject: subjectWith(apply), scenario: { machine, tasks } };
}

const lostUpdates = tiny(
  'three tasks add to a counter in two steps',
  [0, 1, 2],
  (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        const nr = yield* this.atomic_long_read(this.vmap_lazy_nr);
        yield* this.WRITE_ONCE(this.vmap_lazy_nr, 'value', nr + 1);
      }
    },
);

const crossing = tiny(
  'two tasks take two locks in opposite orders',
  [0, 1],
  (Base) =>
    class extends Base {
      readonly a = this.newLock('a');
      readonly b = this.newLock('b');

      override *vmap_node_shrink_scan(): Run<void> {
        const locks = this.current.cpu === 0 ? [this.a, this.b] : [this.b, this.a];
        for (const lock of locks) yield* this.spin_lock(lock);
        for (const lock of locks.reverse()) yield* this.spin_unlock(lock);
      }
    },
);

const trying = tiny(
  'tasks that find a mutex taken count that',
  [0, 1, 2],
  (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        if (yield* this.mutex_trylock(this.vmap_purge_lock)) {
          yield* this.mutex_unlock(this.vmap_purge_lock);
        } else {
          yield* this.atomic_long_add_return(1, this.vmap_lazy_nr);
        }
      }
    },
);

const peeking = tiny(
  'a task looks at what another one changes twice under a lock',
  [0, 1],
  (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        const counter = this.vmap_lazy_nr;
        if (this.current.cpu === 0) {
          yield* this.spin_lock(this.purge_vmap_area_lock);
          yield* this.WRITE_ONCE(counter, 'value', 1);
          yield* this.WRITE_ONCE(counter, 'value', 2);
          yield* this.spin_unlock(this.purge_vmap_area_lock);
        } else {
          const seen = yield* this.atomic_long_read(counter);
          this.BUG_ON(seen === 1, 'seen in between');
        }
      }
    },
);

const preempted = tiny(
  'two tasks of one CPU, one of them not preemptible while it counts',
  [0, 0, 1],
  (Base) =>
    class extends Base {
      calls = 0;

      override *vmap_node_shrink_scan(): Run<void> {
        this.noteWrite(this.vmap_lazy_nr);
        const isFirst = this.calls++ === 0;
        if (isFirst) yield* this.spin_lock(this.purge_vmap_area_lock);
        const nr = yield* this.atomic_long_read(this.vmap_lazy_nr);
        yield* this.WRITE_ONCE(this.vmap_lazy_nr, 'value', 2 * nr + 1);
        if (isFirst) yield* this.spin_unlock(this.purge_vmap_area_lock);
      }
    },
);

const deferring = tiny(
  'work that is scheduled while it runs, runs again',
  [0, 1],
  (Base) =>
    class extends Base {
      readonly work = this.newWork('count', () => this.count());

      *count(): Run<void> {
        yield* this.atomic_long_add_return(1, this.vmap_lazy_nr);
        yield* this.atomic_long_add_return(1, this.vmap_lazy_nr);
      }

      override *vmap_node_shrink_scan(): Run<void> {
        yield* this.atomic_long_read(this.vmap_lazy_nr);
        yield* this.schedule_work(this.work);
      }
    },
);

const reclaiming = tiny(
  'a reader under RCU, and what is freed after a grace period',
  [0, 1],
  (Base) =>
    class extends Base {
      readonly lock = this.newLock('freed after a grace period');
      readonly shared = this.numbered({ found: 1 });

      override *vmap_node_shrink_scan(): Run<void> {
        if (this.current.cpu === 0) {
          this.rcu_read_lock();
          if ((yield* this.READ_ONCE(this.shared, 'found')) === 1) {
            yield* this.spin_lock(this.lock);
            yield* this.spin_unlock(this.lock);
          }
          this.rcu_read_unlock();
        } else {
          yield* this.atomic_long_read(this.vmap_lazy_nr);
          this.call_rcu(() => {
            this.noteWrite(this.lock);
            this.lock.freed = true;
          });
          yield* this.WRITE_ONCE(this.shared, 'found', 0);
        }
      }
    },
);

const dying = tiny(
  'a task dies, at whatever moment of the others',
  [0, 1, 2],
  (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        yield* this.atomic_long_read(this.vmap_lazy_nr);
        this.BUG_ON(this.current.cpu === 2, 'always');
        if (this.current.cpu === 1) this.lockdep_assert_held(this.vmap_purge_lock);
      }
    },
);

/** Every tiny kernel: a handful of steps, and a rule of dependence that each is about. */
export const tinyKernels: readonly Tiny[] = [
  lostUpdates,
  crossing,
  trying,
  peeking,
  preempted,
  deferring,
  reclaiming,
  dying,
];
