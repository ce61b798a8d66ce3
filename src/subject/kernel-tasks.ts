import { Footprint } from '../../models/kernel/footprint.ts';
import type { Kernel } from '../../models/kernel/kernel.ts';
import type { Work } from '../../models/kernel/kernel-base.ts';
import { Lock, LockingError, Task } from '../../models/kernel/locks.ts';
import { KernelBug, KernelOops } from '../../models/kernel/oops.ts';
import type { Point, Run } from '../../models/kernel/point.ts';
import type { PointName } from '../scenario/schedule.ts';
import { PointNamer } from './point-namer.ts';
import type { Call, DeathCause, Outcome, StepsTaken, Tasks } from './port.ts';

/** One task: the kernel's context for it, and the generator it is in. */
interface Entry {
  readonly task: Task;
  run: Run<Outcome> | null;
  point: Point | null;
  /** What the point is called in the C source, where that is asked for. */
  name: PointName | null;
  /** The last WARN of its call, or null. */
  warning: string | null;
  /** The work item it runs, if it is a worker. */
  work: Work | null;
}

const BEGIN: Point = { kind: 'work', object: {}, label: 'begin' };

/** Tasks on a kernel in TypeScript: each is a generator that stops at every scheduling point. */
export class KernelTasks implements Tasks {
  readonly #kernel: Kernel;
  readonly #steps: (call: Call) => Run<Outcome>;
  readonly #entries: Entry[] = [];
  readonly footprint = new Footprint();
  #namer: PointNamer | null = null;

  constructor(kernel: Kernel, steps: (call: Call) => Run<Outcome>) {
    this.#kernel = kernel;
    this.#steps = steps;
    kernel.interleaved = true;
    kernel.workersAreTasks = true;
    kernel.footprint = this.footprint;
  }

  spawn(name: string, cpu: number): number {
    const task = new Task(name, cpu);
    const idle = { run: null, point: null, name: null, warning: null, work: null };
    return this.#entries.push({ task, ...idle }) - 1;
  }

  begin(task: number, call: Call): void {
    const entry = this.#entry(task);
    entry.run = this.#steps(call);
    entry.point = BEGIN;
    entry.warning = null;
  }

  spawnWorker(): number {
    if (this.#kernel.pendingWork.length === 0) return -1;
    const work = this.#kernel.pendingWork.shift();
    if (work === undefined) return -1;
    const task = this.spawn(`kworker/${work.cpu} ${work.label}`, work.cpu);
    const entry = this.#entry(task);
    entry.run = worker(work);
    entry.point = BEGIN;
    entry.work = work;
    return task;
  }

  step(task: number): Outcome | null {
    const entry = this.#entry(task);
    this.#noteBefore(entry);
    const outcome = this.#resume(entry);
    if (this.footprint.isWanted) {
      this.footprint.died = outcome?.status === 'died';
      this.footprint.atomicAfter = entry.task.atomicDepth > 0 && !this.footprint.died;
      if (outcome !== null && entry.work !== null) this.#noteEnd(entry.work);
    }
    if (entry.point !== null) entry.name = this.#namer?.nameOf(task, entry.point) ?? null;
    return outcome;
  }

  stepMany(task: number, most: number): StepsTaken {
    const entry = this.#entry(task);
    const kernel = this.#kernel;
    kernel.pointsToPass = most;
    let outcome: Outcome | null = null;
    // A point that does not ask whether it is to be passed is passed here.
    while (outcome === null && kernel.pointsToPass-- > 0) outcome = this.#resume(entry);
    const left = Math.max(kernel.pointsToPass, 0);
    kernel.pointsToPass = 0;
    return { steps: most - left, outcome };
  }

  /** Lets a task run to the next point at which it stops, or to the end of its call. */
  #resume(entry: Entry): Outcome | null {
    if (entry.run === null) throw new RangeError(`task ${entry.task.name} is idle`);
    this.#kernel.current = entry.task;
    this.#kernel.warning = entry.warning;
    try {
      const result = entry.run.next();
      entry.warning = this.#kernel.warning;
      if (result.done) return this.#end(entry, result.value);
      entry.point = result.value;
      return null;
    } catch (error) {
      return this.#end(entry, deathOf(error));
    }
  }

  /** What a step touches is what its task has locked and what its point names. */
  #noteBefore({ task, point, work }: Entry): void {
    const { footprint } = this;
    if (!footprint.isWanted) return;
    const { cpu, atomicDepth, held } = task;
    footprint.cpu = cpu;
    footprint.atomicBefore = atomicDepth > 0;
    for (let i = 0; i < held.length; i++) {
      const number = held[i]?.number ?? 0;
      footprint.held.push(number);
      footprint.write(number);
    }
    if (point !== BEGIN) this.#notePoint(point);
    else if (work !== null) {
      footprint.awaited.push(this.#kernel.numberOf(work));
      this.#kernel.noteWrite(work);
    }
  }

  #notePoint(point: Point | null): void {
    const kernel = this.#kernel;
    switch (point?.kind) {
      case 'lock':
        this.footprint.taken.push(kernel.numberOf(point.object));
        kernel.noteWrite(point.object);
        break;
      case 'blocked':
        this.footprint.awaited.push(kernel.numberOf(point.object));
        break;
      case 'read':
        kernel.noteRead(point.object);
        break;
      case 'write':
      case 'atomic':
      case 'unlock':
        kernel.noteWrite(point.object);
        break;
      default:
        // Of the other kinds the kernel says itself what they touch.
        break;
    }
  }

  #noteEnd(work: Work): void {
    this.footprint.ended.push(this.#kernel.numberOf(work));
  }

  noteNext(task: number): void {
    this.#noteBefore(this.#entry(task));
  }

  pointOf(task: number): Point | null {
    return this.#entry(task).point;
  }

  startNaming(): void {
    this.#namer ??= new PointNamer(this.#kernel);
  }

  pointNameOf(task: number): PointName | null {
    return this.#entry(task).name;
  }

  canStep(task: number): boolean {
    const entry = this.#entry(task);
    const { run, point } = entry;
    if (run === null || point === null) return false;
    return !isWaiting(entry.task, point) && !this.#waitsForItself(entry) && this.mayRun(task);
  }

  /** A work item that was scheduled anew while it runs begins when it has ended. */
  #waitsForItself(entry: Entry): boolean {
    if (entry.work === null || entry.point !== BEGIN) return false;
    return this.#entries.some(
      ({ work, run, point }) => work === entry.work && run !== null && point !== BEGIN,
    );
  }

  mayRun(task: number): boolean {
    const { task: self } = this.#entry(task);
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const other = entries[i]?.task;
      if (other === undefined || other === self || other.atomicDepth === 0) continue;
      if (other.cpu === self.cpu) return false;
    }
    return true;
  }

  nameOf(task: number): string {
    return this.#entry(task).task.name;
  }

  cpuOf(task: number): number {
    return this.#entry(task).task.cpu;
  }

  #end(entry: Entry, outcome: Outcome): Outcome {
    entry.run = null;
    entry.point = null;
    entry.name = null;
    return outcome;
  }

  #entry(task: number): Entry {
    const entry = this.#entries[task];
    if (entry === undefined) throw new RangeError(`there is no task ${task}`);
    return entry;
  }
}

/** Whether a task stands before a lock that another one has, or waits for work to be done. */
function isWaiting(task: Task, { kind, object }: Point): boolean {
  if (object instanceof Lock) {
    if (kind !== 'lock' && kind !== 'blocked') return false;
    // Taking a lock it holds is a step: into the deadlock.
    return object.owner !== null && object.owner !== task;
  }
  return kind === 'blocked' && 'done' in object && object.done === false;
}

/** From when it runs on, a work item can be scheduled again. */
function* worker(work: Work): Run<Outcome> {
  work.pending = false;
  yield* work.run();
  return { status: 'returned', value: 0, warning: null };
}

/** How a machine died of what its kernel threw. What is no kernel's death is thrown again. */
export function deathOf(error: unknown): Outcome {
  const cause = deathCause(error);
  if (cause === null || !(error instanceof Error)) throw error;
  return { status: 'died', reason: error.message, cause };
}

function deathCause(error: unknown): DeathCause | null {
  if (error instanceof KernelBug) return 'bug';
  if (error instanceof KernelOops) return 'oops';
  if (error instanceof LockingError) return 'locking';
  return null;
}
