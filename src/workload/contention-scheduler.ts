import type { Kernel } from '../../models/kernel/kernel.ts';
import type { Work } from '../../models/kernel/kernel-base.ts';
import { Lock, Task } from '../../models/kernel/locks.ts';
import type { Point, Run } from '../../models/kernel/point.ts';

/** A time slice: how long a task has its CPU while another one wants it. Assumed. */
const SLICE_TICKS = 256;

/** A task of the simulation: kernel code, and where it is. */
class SimulatedTask {
  readonly task: Task;
  readonly #run: Run<void>;
  /** The scheduling point it stands at. */
  point: Point | null = null;
  /** Ticks until it gets to that point. */
  busy = 0;
  ended = false;

  constructor(task: Task, run: Run<void>) {
    this.task = task;
    this.#run = run;
  }

  /** Runs on to the next scheduling point. */
  step(): void {
    const { done, value } = this.#run.next();
    this.ended = done === true;
    this.point = done === true ? null : value;
  }

  /** The lock it waits for, if that is what it waits for. */
  get lock(): Lock | null {
    const { point } = this;
    return point?.kind === 'blocked' && point.object instanceof Lock ? point.object : null;
  }

  /** Whether it needs no CPU: it waits for a mutex, or for a work item that is not done. */
  get sleeps(): boolean {
    const { point } = this;
    if (point?.kind !== 'blocked') return false;
    if (point.object instanceof Lock) return point.object.sleeps;
    return 'done' in point.object && point.object.done !== true;
  }

  /** Whether another task may have its CPU now. A task that spins for a lock keeps it. */
  get isPreemptible(): boolean {
    const { atomicDepth, rcuDepth } = this.task;
    return atomicDepth === 0 && rcuDepth === 0 && (this.lock === null || this.sleeps);
  }
}

interface Cpu {
  readonly id: number;
  /** Whose turn it is comes first. */
  readonly tasks: SimulatedTask[];
  sliceLeft: number;
}

/**
 * Tasks on CPUs in simulated time. In one tick each CPU takes its task to the next scheduling
 * point. Locks are handed over in the order they were asked for, as ticket and queued spinlocks
 * are; work items run as tasks on the CPU they were scheduled on.
 */
export class Scheduler {
  now = 0;
  readonly #kernel: Kernel;
  readonly #cpus: readonly Cpu[];
  readonly #waiting = new Map<Lock, SimulatedTask[]>();
  readonly #worksRunning = new Set<Work>();
  #running: SimulatedTask | null = null;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#cpus = kernel.machine.onlineCpus.map((id) => ({ id, tasks: [], sliceLeft: 0 }));
  }

  /** Adds a task that begins on a CPU with its next turn. Throws if that CPU is not online. */
  spawn(name: string, cpuId: number, run: Run<void>): void {
    const cpu = this.#cpus.find(({ id }) => id === cpuId);
    if (cpu === undefined) throw new RangeError(`cpu${cpuId} is not online`);
    cpu.tasks.push(new SimulatedTask(new Task(name, cpuId), run));
  }

  /** Whether somebody waits for a lock. */
  isContended(lock: Lock): boolean {
    return (this.#waiting.get(lock)?.length ?? 0) > 0;
  }

  /** The task that runs now is busy for so many ticks before it gets to its next point. */
  spend(ticks: number): void {
    if (this.#running !== null) this.#running.busy += ticks;
  }

  /** One tick on every CPU. Another one is first each time, so that none is favoured. */
  tick(): void {
    const count = this.#cpus.length;
    for (let nth = 0; nth < count; nth++) {
      const cpu = this.#cpus[(this.now + nth) % count];
      if (cpu !== undefined) this.#tickCpu(cpu);
    }
    this.now++;
  }

  #tickCpu(cpu: Cpu): void {
    const runs = this.#turnOf(cpu);
    if (runs === null) return;
    if (runs.busy > 0) runs.busy--;
    else if (runs.lock === null) this.#resume(runs);
    if (runs.ended) cpu.tasks.splice(cpu.tasks.indexOf(runs), 1);
    if (this.#kernel.pendingWork.length > 0) this.#startWorkers();
  }

  /** The task that has the CPU now; null: the CPU is idle. */
  #turnOf(cpu: Cpu): SimulatedTask | null {
    const { tasks } = cpu;
    const present = tasks[0];
    if (present === undefined) return null;
    const keeps = cpu.sliceLeft > 0 || tasks.length === 1 || !present.isPreemptible;
    cpu.sliceLeft--;
    if (keeps && !present.sleeps) return present;
    const next = tasks.findIndex((task, index) => index > 0 && !task.sleeps);
    if (next < 0) return present.sleeps ? null : present;
    tasks.push(...tasks.splice(0, next));
    cpu.sliceLeft = SLICE_TICKS;
    return tasks[0] ?? null;
  }

  #resume(runs: SimulatedTask): void {
    const left = runs.point;
    this.#running = runs;
    this.#kernel.current = runs.task;
    runs.step();
    const { lock } = runs;
    if (lock !== null) this.#waitFor(lock, runs);
    if (left?.kind === 'unlock' && left.object instanceof Lock) this.#handOver(left.object);
  }

  #waitFor(lock: Lock, task: SimulatedTask): void {
    const queue = this.#waiting.get(lock);
    if (queue === undefined) this.#waiting.set(lock, [task]);
    else queue.push(task);
  }

  /** The lock is free: whoever has waited longest takes it before anybody else can. */
  #handOver(lock: Lock): void {
    const next = this.#waiting.get(lock)?.shift();
    if (next !== undefined) this.#resume(next);
  }

  /** Work that is already running waits until it is done: it is never run twice at a time. */
  #startWorkers(): void {
    const { pendingWork } = this.#kernel;
    for (const work of pendingWork.splice(0)) {
      if (this.#worksRunning.has(work)) pendingWork.push(work);
      else {
        work.pending = false;
        this.spawn(`kworker/${work.cpu}`, work.cpu, this.#worker(work));
      }
    }
  }

  *#worker(work: Work): Run<void> {
    this.#worksRunning.add(work);
    yield* work.run();
    this.#worksRunning.delete(work);
  }
}
