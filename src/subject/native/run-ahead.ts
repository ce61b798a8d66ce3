import type { KernelState } from '../port.ts';
import type { MachineProcess } from './machine-process.ts';
import { readRecord, runMessage, type StepRecord } from './run-message.ts';
import { readState } from './state.ts';
import { MessageReader } from './wire.ts';

/** Steps that the machine goes on by itself; and when guesses have missed a few times in a row. */
const HORIZON = 4096;
const SHORT_HORIZON = 8;
const MISSES = 4;

/** What was done up to some step of a run, so that the next can be asked for. */
export interface Log {
  /** CPUs of the tasks there were before the first step. */
  readonly cpus: readonly number[];
  /** The task of each step. */
  readonly steps: readonly number[];
  /** By task: the calls it has begun, as messages. */
  readonly calls: readonly (readonly (readonly number[])[])[];
}

/**
 * The steps of a run of tasks, taken before they are asked for. A machine that is told which steps
 * to take goes on as if the task that ran last would go on, and then the lowest; whoever drives the
 * tasks is given the records of that as long as it chooses the same. So one message does for a
 * whole interleaving, and the beginning that it shares with the one before is not told again.
 */
export class RunAhead {
  readonly #process: MachineProcess;
  readonly #boot: readonly number[];
  readonly #everyAccess: boolean;
  /** CPUs of the tasks that the records are of. */
  #cpus: readonly number[] = [];
  #records: StepRecord[] = [];
  /** By record: the call that was begun with it, as a message; null: none was. */
  #begun: (readonly number[] | null)[] = [];
  /** By task: the calls it was last seen to make. */
  readonly #expected: (readonly number[])[][] = [];
  /** The bookkeeping after the last record, if it is known. */
  #state: KernelState | null = null;
  #footprints = false;
  /** Since the run began: where it was last asked, and how often little of the answer was used. */
  #askedAt = 0;
  #misses = 0;

  /** `boot`: the message that boots the machine. */
  constructor(process: MachineProcess, boot: readonly number[], everyAccess: boolean) {
    this.#process = process;
    this.#boot = boot;
    this.#everyAccess = everyAccess;
    process.send(boot);
  }

  /** Whether this is the machine that such a message boots. */
  isOf(boot: readonly number[]): boolean {
    return boot.length === this.#boot.length && boot.every((x, i) => x === this.#boot[i]);
  }

  /** A run begins from the start. */
  restart(): void {
    this.#askedAt = 0;
    this.#misses = 0;
  }

  /**
   * The step after those of a log, taken by `task`, which begins `call` with it if it is not null;
   * `most`: how many it takes, before another one does if that is more than one.
   * Null: the program has ended.
   */
  step(
    log: Log,
    task: number,
    call: readonly number[] | null,
    most: number,
    footprint: boolean,
  ): StepRecord | null {
    const position = log.steps.length;
    this.#forgetOthers(log);
    const known = this.#records[position];
    if (known !== undefined && known.task === task && (known.hasFootprint || !footprint)) {
      if (isSame(this.#begun[position] ?? null, call)) return known;
    }
    this.#footprints ||= footprint;
    if (call !== null) {
      this.#expected[task] ??= [];
      const expected = this.#expected[task];
      if (expected !== undefined) expected[log.calls[task]?.length ?? 0] = call;
    }
    const steps = new Array<number>(most).fill(task);
    if (!this.#ask(log, steps, most > 1 ? 0 : this.#horizonAt(position), false)) return null;
    return this.#records[position] ?? null;
  }

  /** What tasks on other CPUs did says nothing of these, even if they make the same calls. */
  #forgetOthers({ cpus }: Log): void {
    if (isSame(this.#cpus, cpus)) return;
    this.#cpus = [...cpus];
    this.#records.length = 0;
    this.#begun.length = 0;
    this.#state = null;
  }

  #horizonAt(position: number): number {
    const used = position - this.#askedAt;
    this.#misses = used < SHORT_HORIZON ? this.#misses + 1 : 0;
    this.#askedAt = position;
    return this.#misses > MISSES ? SHORT_HORIZON : HORIZON;
  }

  /** The kernel's bookkeeping after the steps of a log; null: the program has ended. */
  stateAfter(log: Log): KernelState | null {
    this.#forgetOthers(log);
    // Whatever was expected besides does not come.
    for (const [task, expected] of this.#expected.entries()) {
      expected.length = Math.min(expected.length, log.calls[task]?.length ?? 0);
    }
    if (this.#state === null || this.#records.length !== log.steps.length) {
      if (!this.#ask(log, [], 0, true)) return null;
    }
    return this.#state;
  }

  /** Asks for steps after those of a log. False: the program has ended. */
  #ask(log: Log, steps: readonly number[], horizon: number, state: boolean): boolean {
    const position = log.steps.length;
    // The machine stands behind the last record.
    const goesOn = position > 0 && this.#records.length === position;
    const made = (task: number): readonly (readonly number[])[] => log.calls[task] ?? [];
    const upcoming = log.cpus.map((_, task) =>
      (this.#expected[task] ?? []).slice(made(task).length),
    );
    const request = {
      restart: goesOn ? null : log.cpus,
      footprints: this.#footprints,
      everyAccess: this.#everyAccess,
      state,
      horizon,
      known: goesOn ? 0 : position,
      steps: goesOn ? steps : [...log.steps, ...steps],
      calls: goesOn ? upcoming : upcoming.map((calls, task) => [...made(task), ...calls]),
    };
    const answer = this.#process.ask(runMessage(request));
    if (answer === null) return false;
    this.#take(new MessageReader(answer.slice()), position, upcoming);
    return true;
  }

  #take(message: MessageReader, position: number, upcoming: (readonly number[])[][]): void {
    this.#records.length = position;
    this.#begun.length = position;
    const records = message.slice(message.next());
    while (!records.ended) {
      const record = readRecord(records, this.#footprints);
      this.#begun.push(record.begins ? (upcoming[record.task]?.shift() ?? null) : null);
      this.#records.push(record);
    }
    this.#state = message.ended ? null : readState(message);
  }
}

function isSame(a: readonly number[] | null, b: readonly number[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
