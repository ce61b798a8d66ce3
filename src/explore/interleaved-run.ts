import type { Point } from '../../models/kernel/point.ts';
import type { CallRecord } from '../../models/reference/call-record.ts';
import type { Property } from '../../properties/property.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Outcome, Subject, Tasks } from '../subject/port.ts';
import {
  CheckedRun,
  type Pending,
  type RunOptions,
  type Step,
  type Violation,
} from './checked-run.ts';
import type { Schedule } from './explorer.ts';
import { CallFootprints } from './footprints.ts';
import { CallerFrames } from './resolve.ts';

/** The kernel's bookkeeping is looked at once, at the end, when nothing is in flight. */
const INTERLEAVED: RunOptions = { tlb: 'fast', stateInterval: Number.POSITIVE_INFINITY };

/** Steps one operation may take, and how many more for each CPU, before it is a livelock. */
const STEPS_OF_AN_OPERATION = 1000;
const STEPS_OF_A_CPU = 20;

/** Where one task of the scenario stands. */
interface Progress {
  readonly operations: readonly Operation[];
  readonly frames: CallerFrames;
  /** The operation to begin next. */
  next: number;
  pending: Pending | null;
}

/** What one step of a task did, for showing it. */
export interface InterleavedStep {
  readonly task: number;
  /** The operation it belongs to; null for a worker. */
  readonly operation: Operation | null;
  /** Where its task has that operation; -1 where there is none. */
  readonly index: number;
  /** What the task was about to do. */
  readonly point: Point | null;
  /** Set where the step ended the operation. */
  readonly outcome: Outcome | null;
}

/**
 * One scenario of several tasks on one subject. Whoever explores it chooses, step by step, which
 * task goes on: from the scheduling point it stands at to the next.
 */
export class InterleavedRun {
  readonly checked: CheckedRun;
  readonly tasks: Tasks;
  readonly #footprints: CallFootprints;
  readonly #progress: Progress[];
  /** Tasks there are, workers included. */
  #count: number;
  /** Workers that are not done, each a call of its own: what it unmaps is in flight until then. */
  readonly #working = new Map<number, CallRecord>();
  /**
   * From this many steps on tasks take turns: what does not end then, no fair scheduler would end.
   */
  readonly #fairFrom: number;
  steps = 0;
  hasDied = false;
  /**
   * Is told, for showing the run, of operations that take no step of their own: a touch, or what
   * was passed over. `index`: where the task has it.
   */
  onPassed: ((task: number, index: number, step: Step) => void) | null = null;

  constructor(subject: Subject, scenario: Scenario, properties: readonly Property[]) {
    const { machine, tasks } = scenario;
    const watched = properties.filter(({ interleaved }) => interleaved !== 'never');
    this.checked = new CheckedRun(subject, machine, watched, INTERLEAVED);
    this.tasks = this.checked.session.tasks();
    const { footprint } = this.tasks;
    this.#footprints = new CallFootprints(scenario, this.checked.handles, footprint);
    this.#progress = tasks.map(({ operations }, task) => ({
      operations,
      frames: new CallerFrames(task),
      next: 0,
      pending: null,
    }));
    tasks.forEach(({ cpu }, index) => {
      this.tasks.spawn(`task ${index}`, cpu);
    });
    this.#count = tasks.length;
    const operations = tasks.reduce((sum, task) => sum + task.operations.length, 0);
    this.#fairFrom =
      operations * (STEPS_OF_AN_OPERATION + STEPS_OF_A_CPU * machine.possibleCpus.length);
  }

  get violations(): readonly Violation[] {
    return this.checked.violations;
  }

  /** How many tasks there are, workers included. */
  get taskCount(): number {
    return this.#count;
  }

  /** Whether tasks are made to take turns, since they do not end. */
  get takesTurns(): boolean {
    return this.steps >= this.#fairFrom;
  }

  /**
   * Tasks that can go on now, ascending. Empty when all are done, when the machine has died, and in
   * a deadlock or a livelock, which then is a violation of `locking`.
   */
  enabled(into: number[] = []): number[] {
    let count = 0;
    for (let task = 0; task < this.#count && !this.checked.ended; task++) {
      if (this.#isEnabled(task)) into[count++] = task;
    }
    if (into.length !== count) into.length = count;
    if (this.checked.ended) return into;
    if (count === 0) this.#end();
    else if (this.takesTurns) this.#takeTurns(into);
    return into;
  }

  /** Nothing can go on: the end of the run, or a deadlock. */
  #end(): void {
    if (this.isDone) this.checked.checkStateNow({ kind: 'run_work' });
    else this.checked.monitor.complaint('locking', `deadlock: ${this.#waiting()}`);
    this.checked.ended = true;
  }

  #waiting(): string {
    const waiting: string[] = [];
    for (let task = 0; task < this.#count; task++) {
      const point = this.tasks.pointOf(task);
      if (point !== null) waiting.push(`${this.tasks.nameOf(task)} waits for ${point.label}`);
    }
    return waiting.join(', ');
  }

  /** Leaves one of the tasks that can go on: each in its turn. After enough turns, none. */
  #takeTurns(enabled: number[]): void {
    const turn = this.steps - this.#fairFrom;
    if (turn >= this.#fairFrom) {
      const text = `livelock: tasks that take turns do not end within ${turn} steps`;
      this.checked.monitor.complaint('locking', text);
      this.checked.ended = true;
      enabled.length = 0;
      return;
    }
    const next = enabled[turn % enabled.length];
    enabled.length = 0;
    if (next !== undefined) enabled.push(next);
  }

  #isEnabled(task: number): boolean {
    const progress = this.#progress[task];
    if (progress === undefined || progress.pending !== null) return this.tasks.canStep(task);
    return progress.next < progress.operations.length && this.tasks.mayRun(task);
  }

  /** Whether every task has done all it had to. */
  get isDone(): boolean {
    return this.unfinished().length === 0;
  }

  /** The tasks that have something left to do. */
  unfinished(): number[] {
    const tasks: number[] = [...this.#working.keys()];
    this.#progress.forEach(({ pending, next, operations }, task) => {
      if (pending !== null || next < operations.length) tasks.push(task);
    });
    return tasks;
  }

  /**
   * Lets an enabled task go on to its next scheduling point. A task between two operations begins
   * the next one with this step, and not earlier: when a call begins matters. What the step has
   * touched is in `tasks.footprint`.
   */
  step(task: number): InterleavedStep {
    this.steps++;
    this.tasks.footprint.clear();
    const progress = this.#progress[task];
    if (progress !== undefined && progress.pending === null && !this.#begin(task, progress)) {
      this.tasks.noteNext(task);
      return { task, operation: null, index: -1, point: null, outcome: null };
    }
    const index = progress === undefined ? -1 : progress.next - 1;
    const operation = progress?.operations[index] ?? null;
    const point = this.tasks.pointOf(task);
    const record = progress?.pending?.record ?? this.#working.get(task) ?? null;
    this.checked.ledger.switchTo(record);
    const outcome = this.tasks.step(task);
    if (outcome !== null) this.#ended(task, progress, outcome);
    this.#spawnWorkers();
    return { task, operation, index, point, outcome };
  }

  /**
   * Takes steps as they were taken before, in another run of the scenario, `steps` of them: quicker
   * than one by one. What they touch is not told.
   */
  follow(schedule: Schedule, steps = schedule.length): void {
    for (let at = 0; at < steps; ) {
      const task = schedule[at] ?? 0;
      let end = at + 1;
      while (end < steps && schedule[end] === task) end++;
      while (at < end) at += this.#stepMany(task, end - at);
    }
  }

  /** Returns how many steps were taken: one at least, and none behind the end of a call. */
  #stepMany(task: number, most: number): number {
    const progress = this.#progress[task];
    if (progress !== undefined && progress.pending === null && !this.#begin(task, progress)) {
      this.steps++;
      return 1;
    }
    const record = progress?.pending?.record ?? this.#working.get(task) ?? null;
    this.checked.ledger.switchTo(record);
    const { steps, outcome } = this.tasks.stepMany(task, most);
    this.steps += steps;
    if (outcome !== null) this.#ended(task, progress, outcome);
    this.#spawnWorkers();
    return steps;
  }

  #spawnWorkers(): void {
    for (let worker = this.tasks.spawnWorker(); worker >= 0; worker = this.tasks.spawnWorker()) {
      this.#working.set(worker, this.checked.ledger.callBegins());
      this.#count = Math.max(this.#count, worker + 1);
    }
  }

  #ended(task: number, progress: Progress | undefined, outcome: Outcome): void {
    if (outcome.status === 'died') this.hasDied = true;
    if (progress?.pending) {
      const { pending } = progress;
      progress.pending = null;
      this.checked.end(pending, outcome);
      this.#footprints.returned(pending, outcome);
      return;
    }
    const record = this.#working.get(task);
    this.#working.delete(task);
    if (outcome.status === 'died') this.checked.diedInWork(outcome);
    else if (record !== undefined) {
      this.#footprints.workerReturned(record);
      this.checked.ledger.callReturned(record);
    }
  }

  /** Begins the next operation that there is to begin; false: the rest had nothing to call. */
  #begin(task: number, progress: Progress): boolean {
    for (;;) {
      const operation = progress.operations[progress.next];
      if (operation === undefined) return false;
      progress.next++;
      this.#footprints.considered(operation);
      if (operation.kind === 'touch') {
        const step = this.checked.step(operation);
        this.onPassed?.(task, progress.next - 1, step);
        continue;
      }
      const pending = this.checked.begin(operation, progress.frames);
      if (pending === null) {
        this.onPassed?.(task, progress.next - 1, { kind: 'skipped' });
        continue;
      }
      progress.pending = pending;
      this.#footprints.begins(pending);
      this.tasks.begin(task, pending.call);
      return true;
    }
  }
}
