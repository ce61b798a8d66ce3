import type { Machine } from '../../../models/hardware/machine.ts';
import type { Kernel, KernelClass } from '../../../models/kernel/kernel.ts';
import type { Work } from '../../../models/kernel/kernel-base.ts';
import { Lock, LockingError, Task } from '../../../models/kernel/locks.ts';
import type { Point, Run } from '../../../models/kernel/point.ts';
import type { PoolLooks } from './pool-looks.ts';
import type { ModelEvent } from './probe.ts';
import { bootTraced } from './traced-kernel.ts';

/** A call of the kernel that a task of the trace is in. */
export class ModelCall {
  readonly name: string;
  readonly task: Task;
  readonly run: Run<unknown>;
  /** What it did that no line of the trace was held against yet, oldest first. */
  readonly events: ModelEvent[] = [];
  /** The scheduling point it stands at. */
  point: Point | null = null;
  done = false;
  /** What it returned. */
  result: unknown;

  constructor(name: string, task: Task, run: Run<unknown>) {
    this.name = name;
    this.task = task;
    this.run = run;
  }
}

/** Tasks that wait for each other in a ring would be pushed on for ever. */
const DEEPEST_WAIT = 64;

/**
 * A policy's kernel and the calls that are under way in it. A call runs on only when it is told to,
 * as far as the line of the trace that is being replayed; where it waits for a lock, whoever has
 * the lock runs on until it lets go of it.
 */
export class Model {
  readonly kernel: Kernel;
  readonly looks: PoolLooks;
  readonly #calls = new Map<Task, ModelCall>();
  /** Who runs a work item that others may wait for. */
  readonly #workers = new WeakMap<object, ModelCall>();
  #running: ModelCall | null = null;

  constructor(Base: KernelClass, machine: Machine, startPage: bigint) {
    const { kernel, looks } = bootTraced(Base, machine, startPage, (code, values) =>
      this.#running?.events.push({ code, values }),
    );
    this.kernel = kernel;
    this.looks = looks;
  }

  /** Begins a call, which takes no step yet. */
  begin(name: string, cpu: number, run: Run<unknown>): ModelCall {
    const call = new ModelCall(name, new Task(name, cpu), run);
    this.#calls.set(call.task, call);
    return call;
  }

  /**
   * Runs a call on to its next scheduling point; if it waits there, so does whoever it waits for.
   * Throws what the kernel throws.
   */
  step(call: ModelCall, depth = 0): void {
    this.#resume(call, depth);
    if (call.point?.kind === 'blocked') this.#unblock(call.point, depth);
  }

  #resume(call: ModelCall, depth: number): void {
    if (depth > DEEPEST_WAIT) throw new LockingError(`${call.name} waits for itself`);
    const before = this.#running;
    this.#running = call;
    this.kernel.current = call.task;
    const next = call.run.next();
    this.#running = before;
    if (before !== null) this.kernel.current = before.task;
    if (next.done === true) {
      call.done = true;
      call.point = null;
      call.result = next.value;
      this.#calls.delete(call.task);
      return;
    }
    call.point = next.value;
  }

  /** Runs a call on until it has done something that can be held against a line, or has ended. */
  runToEvent(call: ModelCall): void {
    while (call.events.length === 0 && !call.done) this.step(call);
  }

  /**
   * Runs a call on until it has let go of a lock, or does something before. Returns false if it
   * cannot: it waits for somebody who does something before.
   */
  runPast(call: ModelCall, lock: Lock): boolean {
    while (call.events.length === 0 && !call.done) {
      const { point } = call;
      this.#resume(call, 0);
      if (call.point?.kind === 'blocked' && !this.#letGo(call.point)) return false;
      if (point?.kind === 'unlock' && point.object === lock) return true;
    }
    return true;
  }

  /** Whoever has a lock runs on until it has let go, or does something. Returns whether it has. */
  #letGo({ object }: Point): boolean {
    if (!(object instanceof Lock) || object.owner === null) return false;
    const { owner } = object;
    const holder = this.#calls.get(owner);
    if (holder === undefined) return false;
    while (object.owner === owner && holder.events.length === 0) this.step(holder);
    return object.owner !== owner;
  }

  finish(call: ModelCall): void {
    while (!call.done) this.step(call);
  }

  /** Runs a call on until it stands at a point of this label, has done something, or has ended. */
  runToPoint(call: ModelCall, label: string): void {
    while (call.events.length === 0 && !call.done && call.point?.label !== label) this.step(call);
  }

  /** The names of the calls that are under way. */
  underWay(): readonly string[] {
    return [...this.#calls.values()].map(({ name }) => name);
  }

  /** The call that runs a work item, begun now if it is only scheduled; null: there is none. */
  worker(work: Work, name: string, cpu: number): ModelCall | null {
    const running = this.#workers.get(work);
    if (running !== undefined) return running;
    const { pendingWork } = this.kernel;
    const at = pendingWork.indexOf(work);
    const [found] = at < 0 ? [] : pendingWork.splice(at, 1);
    if (found === undefined) return null;
    found.pending = false;
    const call = this.begin(name, cpu, found.run());
    this.#workers.set(work, call);
    return call;
  }

  #unblock({ object, label }: Point, depth: number): void {
    if (object instanceof Lock) {
      const owner = object.owner;
      const holder = owner === null ? undefined : this.#calls.get(owner);
      if (owner !== null && holder === undefined) {
        throw new LockingError(`${label} is held by a call that has ended`);
      }
      while (holder !== undefined && object.owner === owner) this.step(holder, depth + 1);
      return;
    }
    const worker = this.#workers.get(object) ?? this.#startPending(object);
    while (worker !== null && !worker.done) this.step(worker, depth + 1);
  }

  #startPending(object: object): ModelCall | null {
    const work = this.kernel.pendingWork.find((pending) => pending === object);
    return work === undefined ? null : this.worker(work, work.label, work.cpu);
  }
}
