import { describe, expect, it } from 'vitest';
import { Hardware } from '../../../models/hardware/hardware.ts';
import { Kernel } from '../../../models/kernel/kernel.ts';
import type { Work } from '../../../models/kernel/kernel-base.ts';
import type { Lock } from '../../../models/kernel/locks.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { bootTimed } from '../../../src/workload/contention-kernel.ts';
import { Scheduler } from '../../../src/workload/contention-scheduler.ts';
import { realMachine } from '../../../src/workload/machines.ts';
import { EventLog } from '../../models/kernel/bench.ts';

const word = { value: 0 };

/** Tasks that write down what they do, on a kernel of so many CPUs. */
class Stage {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly log: string[] = [];

  constructor(cpus: number) {
    const machine = realMachine(cpus);
    const observer = new EventLog();
    this.kernel = bootTimed(Kernel, machine, new Hardware(machine, observer), observer, {
      now: () => this.scheduler.now,
      isContended: (lock) => this.scheduler.isContended(lock),
      nodeVisited: () => this.scheduler.spend(5),
      allocated: () => {},
      purgeBegins: () => {},
      purgeEnds: () => {},
    });
    this.kernel.interleaved = true;
    this.kernel.workersAreTasks = true;
    this.scheduler = new Scheduler(this.kernel);
  }

  /** A line with the time, the CPU and the task that runs. */
  note(what: string): void {
    const { name, cpu } = this.kernel.current;
    this.log.push(`${this.scheduler.now} cpu${cpu} ${name} ${what}`);
  }

  /** Stands at so many scheduling points. */
  *pass(points: number): Run<void> {
    for (let i = 0; i < points; i++) yield* this.kernel.READ_ONCE(word, 'value');
  }

  /** Takes a lock, holds it for so many points, and gives it back. */
  *hold(lock: Lock, points: number): Run<void> {
    yield* lock.sleeps ? this.kernel.mutex_lock(lock) : this.kernel.spin_lock(lock);
    this.note('has it');
    yield* this.pass(points);
    yield* this.kernel.spin_unlock(lock);
  }

  run(ticks: number): string[] {
    for (let i = 0; i < ticks; i++) this.scheduler.tick();
    return this.log;
  }
}

/** The lines without their times. */
const order = (log: readonly string[]) => log.map((line) => line.replace(/^\d+ /, ''));

describe('the scheduler', () => {
  it('takes the task of each CPU one point further in a tick', () => {
    const stage = new Stage(2);
    for (const cpu of [0, 1]) {
      stage.scheduler.spawn(
        'T',
        cpu,
        (function* () {
          for (let i = 0; i < 2; i++) {
            yield* stage.pass(3);
            stage.note('passed');
          }
        })(),
      );
    }
    // Another CPU is first in each tick. The first tick takes a task to its first point.
    expect(stage.run(10)).toEqual([
      '3 cpu1 T passed',
      '3 cpu0 T passed',
      '6 cpu0 T passed',
      '6 cpu1 T passed',
    ]);
  });

  it('hands a lock over in the order it was asked for', () => {
    const stage = new Stage(4);
    const lock = stage.kernel.newLock('L');
    for (const cpu of [0, 1, 2, 3]) {
      stage.scheduler.spawn(
        'T',
        cpu,
        (function* () {
          // Later CPUs ask earlier.
          yield* stage.pass(10 - 2 * cpu);
          for (let i = 0; i < 2; i++) yield* stage.hold(lock, 20);
        })(),
      );
    }
    const cpus = [3, 2, 1, 0, 3, 2, 1, 0].map((cpu) => `cpu${cpu} T has it`);
    expect(order(stage.run(300))).toEqual(cpus);
  });

  it('refuses a CPU that is not online', () => {
    const stage = new Stage(2);
    expect(() => stage.scheduler.spawn('T', 2, stage.pass(1))).toThrow('cpu2 is not online');
  });

  it('lets another task run on the CPU of one that waits for a mutex, not for a spinlock', () => {
    const seen = [true, false].map((sleeps) => {
      const stage = new Stage(2);
      const lock = sleeps ? stage.kernel.newMutex('L') : stage.kernel.newLock('L');
      stage.scheduler.spawn('holder', 0, stage.hold(lock, 400));
      stage.scheduler.spawn('waiter', 1, stage.pass(1));
      stage.scheduler.spawn(
        'waiter',
        1,
        (function* () {
          yield* stage.pass(4);
          yield* stage.hold(lock, 0);
        })(),
      );
      stage.scheduler.spawn(
        'other',
        1,
        (function* () {
          yield* stage.pass(100);
          stage.note('runs');
        })(),
      );
      return order(stage.run(2_000));
    });
    expect(seen).toEqual([
      ['cpu0 holder has it', 'cpu1 other runs', 'cpu1 waiter has it'],
      ['cpu0 holder has it', 'cpu1 waiter has it', 'cpu1 other runs'],
    ]);
  });

  it('shares a CPU by time slices, but not while a spinlock is held', () => {
    const stage = new Stage(1);
    const lock = stage.kernel.newLock('L');
    stage.scheduler.spawn(
      'long',
      0,
      (function* () {
        yield* stage.pass(300);
        yield* stage.hold(lock, 600);
        stage.note('let go');
        yield* stage.pass(600);
        stage.note('ends');
      })(),
    );
    stage.scheduler.spawn(
      'short',
      0,
      (function* () {
        for (let i = 0; i < 3; i++) {
          yield* stage.pass(200);
          stage.note('passed');
        }
      })(),
    );
    // Slices are 256 ticks: the second one of `long` is over long before it lets go.
    expect(order(stage.run(3_000))).toEqual([
      'cpu0 short passed',
      'cpu0 short passed',
      'cpu0 long has it',
      'cpu0 long let go',
      'cpu0 short passed',
      'cpu0 long ends',
    ]);
  });
});

describe('the kernel in simulated time', () => {
  it('runs a work item as a task of its CPU, and never twice at a time', () => {
    const stage = new Stage(2);
    const work: Work = {
      label: 'work',
      pending: false,
      cpu: 0,
      *run() {
        stage.note('begins');
        yield* stage.pass(20);
        stage.note('ends');
      },
    };
    stage.scheduler.spawn(
      'T',
      1,
      (function* () {
        yield* stage.kernel.schedule_work(work);
        yield* stage.pass(400);
        yield* stage.kernel.schedule_work(work);
        yield* stage.kernel.schedule_work(work);
      })(),
    );
    const once = ['cpu1 kworker/1 begins', 'cpu1 kworker/1 ends'];
    expect(order(stage.run(2_000))).toEqual([...once, ...once]);
  });

  it('waits for a work item without its CPU', () => {
    const stage = new Stage(1);
    const work = stage.kernel.INIT_WORK('work', () => stage.pass(100));
    stage.scheduler.spawn(
      'T',
      0,
      (function* () {
        yield* stage.kernel.schedule_work_on(0, work);
        yield* stage.kernel.flush_work(work);
        stage.note(`done: ${work.done}`);
      })(),
    );
    expect(order(stage.run(600))).toEqual(['cpu0 T done: true']);
  });

  it('gives a lock away at a preempt point if somebody waits for it', () => {
    const stage = new Stage(2);
    const lock = stage.kernel.newLock('L');
    stage.scheduler.spawn(
      'purge',
      0,
      (function* () {
        yield* stage.kernel.spin_lock(lock);
        for (let area = 0; area < 3; area++) {
          yield* stage.pass(5);
          stage.note(`area ${area}`);
          yield* stage.kernel.cond_resched_lock(lock);
        }
        yield* stage.kernel.spin_unlock(lock);
      })(),
    );
    stage.scheduler.spawn(
      'alloc',
      1,
      (function* () {
        yield* stage.pass(7);
        yield* stage.hold(lock, 5);
      })(),
    );
    const log = stage.run(60);
    expect(order(log)).toEqual([
      'cpu0 purge area 0',
      'cpu0 purge area 1',
      'cpu1 alloc has it',
      'cpu0 purge area 2',
    ]);
    // Nobody waited after the first area: the second one's points follow without a gap.
    expect(Number.parseInt(log[1] ?? '', 10) - Number.parseInt(log[0] ?? '', 10)).toBe(5);
  });

  it('takes time to visit the nodes of a list, with the lock held', () => {
    const stage = new Stage(2);
    const lock = stage.kernel.newLock('L');
    stage.scheduler.spawn(
      'walk',
      0,
      (function* () {
        yield* stage.kernel.spin_lock(lock);
        for (let node = 0; node < 10; node++) stage.kernel.walks.visited(stage.kernel.current);
        yield* stage.kernel.spin_unlock(lock);
      })(),
    );
    stage.scheduler.spawn(
      'alloc',
      1,
      (function* () {
        yield* stage.pass(3);
        yield* stage.hold(lock, 0);
      })(),
    );
    const [line = ''] = stage.run(100);
    // Two points and ten nodes of five ticks each.
    expect(line).toBe('52 cpu1 alloc has it');
  });
});
