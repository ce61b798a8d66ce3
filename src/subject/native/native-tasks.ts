import { Footprint, UNNUMBERED } from '../../../models/kernel/footprint.ts';
import type { Point } from '../../../models/kernel/point.ts';
import type { PointName } from '../../scenario/schedule.ts';
import type { Call, KernelState, Outcome, StepsTaken, Tasks } from '../port.ts';
import type { EventPlayer } from './events.ts';
import { outcomeOf, PROGRAM_ENDED } from './outcome.ts';
import type { PointSites } from './point-sites.ts';
import type { Log, RunAhead } from './run-ahead.ts';
import { KIND, type Position, STOPPED, type StepRecord, type Worker } from './run-message.ts';
import { NO_STATE } from './state.ts';
import { MessageReader, STATUS, taskCall } from './wire.ts';

/** One task as it is after its last step. */
interface Entry {
  readonly name: string;
  cpu: number;
  isBusy: boolean;
  /** The call it begins with its next step. */
  call: readonly number[] | null;
  position: Position;
  /** The number of the work a worker does; 0: it is none. */
  readonly work: number;
  hasBegun: boolean;
  isAtomic: boolean;
}

const IDLE: Position = { kind: -1, site: -1, from: 0, number: 0, held: [] };
const BEGIN: Point = { kind: 'work', object: {}, label: 'begin' };
/** Whoever uses one machine of a program: the one that was booted last has it. */
export interface Claim {
  /** Throws if another machine was booted meanwhile. */
  check(): void;
}

/** Tasks in the kernel's own C file. */
export class NativeTasks implements Tasks {
  readonly footprint = new Footprint();
  readonly #ahead: RunAhead;
  readonly #sites: () => PointSites;
  readonly #player: EventPlayer;
  readonly #claim: Claim;
  readonly #entries: Entry[] = [];
  readonly #started: Worker[] = [];
  readonly #cpus: number[] = [];
  readonly #steps: number[] = [];
  readonly #calls: (readonly number[])[][] = [];
  readonly #log: Log = { cpus: this.#cpus, steps: this.#steps, calls: this.#calls };
  #canStep = 0;
  #mayRun = -1;
  failedAllocations = 0;

  constructor(ahead: RunAhead, sites: () => PointSites, player: EventPlayer, claim: Claim) {
    this.#ahead = ahead;
    this.#sites = sites;
    this.#player = player;
    this.#claim = claim;
    player.footprint = this.footprint;
    ahead.restart();
  }

  spawn(name: string, cpu: number): number {
    this.#cpus.push(cpu);
    this.#calls.push([]);
    return this.#entries.push(newEntry(name, cpu, 0)) - 1;
  }

  begin(task: number, call: Call): void {
    const entry = this.#entry(task);
    entry.call = taskCall(call);
    entry.isBusy = true;
    entry.hasBegun = false;
  }

  spawnWorker(): number {
    const worker = this.#started.shift();
    if (worker === undefined) return -1;
    const { cpu, work, name } = worker;
    const entry = newEntry(`kworker/${cpu} ${name}`, cpu, work);
    entry.isBusy = true;
    return this.#entries.push(entry) - 1;
  }

  step(task: number): Outcome | null {
    return this.#step(task, 1);
  }

  /** `most`: how many steps the task takes now. */
  #step(task: number, most: number): Outcome | null {
    const entry = this.#entry(task);
    if (!entry.isBusy) throw new RangeError(`task ${task} is idle`);
    this.#claim.check();
    const { call } = entry;
    const record = this.#ahead.step(this.#log, task, call, most, this.footprint.isWanted);
    if (record === null) return this.#programEnded(entry);
    this.#steps.push(task);
    if (call !== null) this.#calls[task]?.push(call);
    this.#noteBefore(entry);
    this.#note(entry, record);
    this.#player.play(new MessageReader(record.events), record.events.length);
    entry.call = null;
    entry.hasBegun = true;
    entry.position = record.position;
    entry.cpu = record.cpu;
    entry.isAtomic = record.atomicAfter;
    entry.isBusy = record.status === STOPPED;
    this.#started.push(...record.workers);
    this.#canStep = record.canStep;
    this.#mayRun = record.mayRun;
    this.failedAllocations = record.failedAllocations;
    const { status, value, text, values } = record;
    return entry.isBusy ? null : outcomeOf(status, value, text, values.slice(1));
  }

  stepMany(task: number, most: number): StepsTaken {
    let outcome: Outcome | null = null;
    let steps = 0;
    while (steps < most && outcome === null) {
      outcome = this.#step(task, most - steps);
      steps++;
    }
    return { steps, outcome };
  }

  #programEnded(entry: Entry): Outcome {
    entry.isBusy = false;
    this.footprint.died = true;
    return PROGRAM_ENDED;
  }

  /** What can be told of a step before it is taken: what its task has locked, and what it takes. */
  #noteBefore({ cpu, isAtomic, position, work, hasBegun }: Entry): void {
    const { footprint } = this;
    if (!footprint.isWanted) return;
    footprint.cpu = cpu;
    footprint.atomicBefore = isAtomic;
    for (let i = 0; i < position.held.length; i++) footprint.held.push(position.held[i] ?? 0);
    const { kind, number } = position;
    if (kind === KIND.lock) footprint.taken.push(number);
    if (kind === KIND.blocked) footprint.awaited.push(number);
    else if (kind >= 0 && kind < KIND.blocked) footprint.write(number);
    if (work !== 0 && !hasBegun) {
      footprint.awaited.push(work);
      footprint.write(work);
    }
  }

  #note({ work }: Entry, record: StepRecord): void {
    const { footprint } = this;
    if (!footprint.isWanted) return;
    for (let bit = 0; record.reads >> bit > 0; bit++) {
      if ((record.reads >> bit) & 1) footprint.read(UNNUMBERED + bit);
    }
    for (let bit = 0; record.writes >> bit > 0; bit++) {
      if ((record.writes >> bit) & 1) footprint.write(UNNUMBERED + bit);
    }
    footprint.memory = record.memory;
    footprint.died = record.status === STATUS.died;
    footprint.atomicAfter = record.atomicAfter && !footprint.died;
    if (footprint.died) return;
    if (work !== 0 && record.status !== STOPPED) footprint.ended.push(work);
  }

  noteNext(task: number): void {
    const entry = this.#entry(task);
    this.#noteBefore(entry);
    const { kind, number } = entry.position;
    if (kind > KIND.blocked) this.footprint.memory = [number, number + 1, 1];
  }

  pointOf(task: number): Point | null {
    const { isBusy, position } = this.#entry(task);
    if (!isBusy) return null;
    return this.#sites().pointAt(position) ?? BEGIN;
  }

  /** They always have. */
  startNaming(): void {}

  pointNameOf(task: number): PointName | null {
    const { isBusy, position } = this.#entry(task);
    return isBusy ? this.#sites().nameAt(position) : null;
  }

  canStep(task: number): boolean {
    const { isBusy, call } = this.#entry(task);
    if (!isBusy) return false;
    return call !== null ? this.mayRun(task) : isIn(this.#canStep, task);
  }

  mayRun(task: number): boolean {
    return this.#mayRun < 0 || isIn(this.#mayRun, task);
  }

  nameOf(task: number): string {
    return this.#entry(task).name;
  }

  cpuOf(task: number): number {
    return this.#entry(task).cpu;
  }

  /** The kernel's bookkeeping as it is now. */
  inspect(): KernelState {
    this.#claim.check();
    return this.#ahead.stateAfter(this.#log) ?? NO_STATE;
  }

  #entry(task: number): Entry {
    const entry = this.#entries[task];
    if (entry === undefined) throw new RangeError(`there is no task ${task}`);
    return entry;
  }
}

function newEntry(name: string, cpu: number, work: number): Entry {
  return {
    name,
    cpu,
    isBusy: false,
    call: null,
    position: IDLE,
    work,
    hasBegun: false,
    isAtomic: false,
  };
}

/** Whether a task is in a set of them, a bit each; there may be more than 32. */
function isIn(set: number, task: number): boolean {
  return Math.floor(set / 2 ** task) % 2 === 1;
}
