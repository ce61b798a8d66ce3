import type { Run } from '../../../models/kernel/point.ts';
import type { TraceEvent } from '../event.ts';
import type { Matcher, OpenCall } from './matcher.ts';
import type { Model } from './model.ts';

/** What a task of the trace is in the middle of. */
export type Sort =
  | 'allocation'
  | 'map'
  | 'unmap'
  | 'free'
  | 'aliases'
  | 'purge'
  | 'helper'
  | 'decay';

const PURGE = ['C', 'K', 'D', 'T', 'n', 'Q', 'M', 'q', 'p'];

/** The lines that belong to a call. Another one means that the call has ended. */
const LINES: Readonly<Record<Sort, ReadonlySet<string>>> = {
  allocation: new Set(['A', 'R', 'X', 'F', 'P', ...PURGE]),
  map: new Set(['A', 'R', 'B', 'X', 'F', 'P', 'G', ...PURGE]),
  unmap: new Set(['X', 'F', 'N']),
  free: new Set(['F']),
  aliases: new Set(['X', 'F', 'P', 'u', ...PURGE]),
  purge: new Set(PURGE),
  helper: new Set(['Q', 'M']),
  decay: new Set(['K', 'M']),
};

/** A call of a task of the trace. */
export interface TaskCall extends OpenCall {
  readonly sort: Sort;
}

/** Which call of the model each task of the trace is in. */
export class OpenCalls {
  readonly #model: Model;
  readonly #matcher: Matcher;
  readonly #unrecorded: ReadonlySet<string>;
  readonly #open = new Map<number, TaskCall>();
  readonly #lastLine = new Map<number, number>();
  /** Told of the end of a purge that has no line where it should be. */
  onUntoldEnd: (values: readonly number[]) => void = () => {};

  constructor(model: Model, matcher: Matcher, unrecorded: ReadonlySet<string>) {
    this.#model = model;
    this.#matcher = matcher;
    this.#unrecorded = unrecorded;
  }

  /** The call a line belongs to; another one that its task was in ends here. */
  of(event: TraceEvent): TaskCall | null {
    const open = this.#open.get(event.pid);
    if (open === undefined) return null;
    if (LINES[open.sort].has(event.code)) {
      open.call.task.cpu = event.cpu;
      return open;
    }
    // An interrupt frees areas on behalf of whatever task it finds.
    if (event.code !== 'V') this.close(event, open);
    return null;
  }

  /** The task of a line begins a call. */
  begin(event: TraceEvent, sort: Sort, run: Run<unknown>): TaskCall {
    const call = this.#model.begin(`${sort} of pid ${event.pid}`, event.cpu, run);
    return this.adopt(event, sort, call);
  }

  /** The task of a line is the one that runs a call of the model. */
  adopt(event: TraceEvent, sort: Sort, call: TaskCall['call']): TaskCall {
    const unrecorded = event.time === null ? EARLY : this.#unrecorded;
    const line = this.lastLine(event.pid);
    const open: TaskCall = { sort, call, line, unrecorded, changes: [] };
    this.#open.set(event.pid, open);
    return open;
  }

  /** The trace has ended. */
  end(): void {
    for (const open of this.#open.values()) this.#matcher.end(open);
  }

  /** Whether a task is still in this call. */
  has(open: TaskCall): boolean {
    return [...this.#open.values()].includes(open);
  }

  /** The last line of a task before the one that is being replayed, 0 if there was none. */
  lastLine(pid: number): number {
    return this.#lastLine.get(pid) ?? 0;
  }

  /** A line is done with. An interrupt's says nothing about the task it came upon. */
  passed({ pid, line, code }: TraceEvent): void {
    if (code !== 'V') this.#lastLine.set(pid, line);
  }

  /** Ends a call with a line of its task; what it still does is missing in the trace. */
  close(event: TraceEvent, open: TaskCall): void {
    this.#open.delete(event.pid);
    for (let left = this.#matcher.next(open); left !== null; left = this.#matcher.next(open)) {
      open.call.events.shift();
      if (left.code === 'q') this.onUntoldEnd(left.values);
      else if (left.code !== 'p' && left.code !== 'count') {
        this.#matcher.left(open, event, left, left.code);
      }
    }
    this.#matcher.passed(open, event.line);
  }
}

/** What is recorded before the probes proper: A F P D T M, and the rest as bare `early` marks. */
const EARLY: ReadonlySet<string> = new Set(['q', 'p', 'n', 'C']);
