import { Hardware } from '../../../models/hardware/hardware.ts';
import type { Machine } from '../../../models/hardware/machine.ts';
import type { KernelObserver } from '../../../models/hardware/observer.ts';
import type { StaleTlb } from '../../../models/hardware/tlb.ts';
import type { Call, KernelState, Outcome, Session, Subject, Tasks } from '../port.ts';
import { SubjectCrash } from '../subject-crash.ts';
import { EventPlayer } from './events.ts';
import { MachineProcess } from './machine-process.ts';
import { NativeTasks } from './native-tasks.ts';
import { outcomeOf, PROGRAM_ENDED } from './outcome.ts';
import { PointSites } from './point-sites.ts';
import { RunAhead } from './run-ahead.ts';
import { NO_STATE, readState } from './state.ts';
import { bootMessage, callMessage, MessageReader, REQUEST, STATUS } from './wire.ts';

/** What of a machine is constant in C. */
export type BlockSize = Pick<Machine, 'vmapBbmapBits' | 'vmapMaxAlloc'>;

/** The path of the program for a size of block; `watched`: one whose calls can run as tasks. */
export type ProgramFor = (size: BlockSize, watched: boolean) => string;

/** Tracepoints of the models that C need not have. */
const UNSEEN = [
  'vb_alloc: block full',
  'vb_free: block dirty',
  'purge_fragmented_block',
  'purge_vmap_area_lazy',
  'alloc_vmap_area: overflow',
];

/** A running program, and which session has its machine. */
class Host {
  readonly process: MachineProcess;
  readonly #program: string;
  #session: object | null = null;
  #ahead: RunAhead | null = null;
  #sites: PointSites | null = null;

  constructor(program: string) {
    this.#program = program;
    this.process = new MachineProcess(program);
  }

  /** Boots a machine for a session. */
  boot(session: object, machine: Machine): void {
    this.#session = session;
    this.#ahead = null;
    this.process.send(bootMessage(machine));
  }

  /** Gives a session a machine for tasks: that of the session before if it is the same. */
  runAhead(session: object, machine: Machine, everyAccess: boolean): RunAhead {
    this.#session = session;
    const boot = bootMessage(machine);
    if (this.#ahead?.isOf(boot) !== true) {
      this.#ahead = new RunAhead(this.process, boot, everyAccess);
    }
    return this.#ahead;
  }

  has(session: object): boolean {
    return this.#session === session;
  }

  /** Throws a SubjectCrash if another session has its machine. */
  check(session: object, name: string): void {
    if (this.has(session)) return;
    throw new SubjectCrash(`${name}: its machine was booted anew, and is still used`);
  }

  get sites(): PointSites {
    this.#sites ??= new PointSites(this.#program, this.process);
    return this.#sites;
  }
}

/**
 * The kernel's own mm/vmalloc.c, compiled. All sessions of one size of block share a process: the
 * one booted last has it. Sessions with tasks have another one, of a program that is watched.
 */
export class NativeSubject implements Subject {
  readonly name: string;
  readonly everyAccess: boolean;
  readonly #programFor: ProgramFor;
  readonly #hosts = new Map<string, Host>();

  /** `everyAccess`: tasks stop at every load and store, and not at what the source says alone. */
  constructor(name: string, programFor: ProgramFor, everyAccess = false) {
    this.name = name;
    this.everyAccess = everyAccess;
    this.#programFor = programFor;
  }

  boot(machine: Machine, observer: KernelObserver): Session {
    return new NativeSession(this, machine, observer);
  }

  /** Ends the programs; no session can be used any more. */
  close(): void {
    for (const { process } of this.#hosts.values()) process.close();
    this.#hosts.clear();
  }

  /** The program for a size of block, started if it does not run. */
  hostFor({ vmapBbmapBits, vmapMaxAlloc }: Machine, watched: boolean): Host {
    const key = `${vmapBbmapBits} ${vmapMaxAlloc} ${watched}`;
    let host = this.#hosts.get(key);
    if (host === undefined || host.process.ended) {
      host?.process.close();
      host = new Host(this.#programFor({ vmapBbmapBits, vmapMaxAlloc }, watched));
      this.#hosts.set(key, host);
    }
    return host;
  }
}

/** A machine, which boots when it is used: only then it is known for what. */
class NativeSession implements Session {
  readonly #subject: NativeSubject;
  readonly #machine: Machine;
  readonly #hardware: Hardware;
  readonly #player: EventPlayer;
  #host: Host | null = null;
  #tasks: NativeTasks | null = null;
  #failedAllocations = 0;
  /** The bookkeeping as it is, if it was asked for. */
  #state: KernelState | null = null;
  /** The last that was told: all there is of a machine that has died. */
  #lastState = NO_STATE;
  /** Whether the bookkeeping was looked at since the last call: then it will be after the next. */
  #isInspected = false;

  constructor(subject: NativeSubject, machine: Machine, observer: KernelObserver) {
    this.#subject = subject;
    this.#machine = machine;
    this.#hardware = new Hardware(machine, observer);
    this.#player = new EventPlayer(this.#hardware, observer);
  }

  call(call: Call): Outcome {
    const withState = this.#isInspected;
    this.#isInspected = false;
    return this.#ask(call, withState);
  }

  tasks(): Tasks {
    const { everyAccess } = this.#subject;
    const host = this.#subject.hostFor(this.#machine, true);
    const ahead = host.runAhead(this, this.#machine, everyAccess);
    const check = (): void => host.check(this, this.#subject.name);
    this.#tasks = new NativeTasks(ahead, () => host.sites, this.#player, { check });
    return this.#tasks;
  }

  inspect(): KernelState {
    if (this.#tasks !== null) return this.#tasks.inspect();
    this.#isInspected = true;
    if (this.#state === null) this.#ask({ kind: 'nothing' }, true);
    return this.#state ?? this.#lastState;
  }

  failedAllocations(): number {
    return this.#tasks?.failedAllocations ?? this.#failedAllocations;
  }

  staleTlb(): StaleTlb {
    return this.#hardware.staleTlb;
  }

  tracepoints(): ReadonlyMap<string, number> {
    const answer = this.#host?.has(this) ? this.#host.process.ask([REQUEST.tracepoints]) : null;
    if (answer === null) return new Map();
    const message = new MessageReader(answer);
    const counts = new Map(UNSEEN.map((name) => [name, Number.NaN]));
    const seen = message.next();
    for (let i = 0; i < seen; i++) counts.set(message.text(), message.next());
    return counts;
  }

  peaks(): null {
    return null;
  }

  /** Compiled code does not tell. */
  followFunctions(): void {}

  /** The program with this machine booted. */
  #booted(): Host {
    if (this.#host === null) {
      this.#host = this.#subject.hostFor(this.#machine, false);
      this.#host.boot(this, this.#machine);
    }
    this.#host.check(this, this.#subject.name);
    return this.#host;
  }

  #ask(call: Call | { readonly kind: 'nothing' }, withState: boolean): Outcome {
    this.#state = null;
    const answer = this.#booted().process.ask(callMessage(call, withState));
    if (answer === null) return PROGRAM_ENDED;
    const message = new MessageReader(answer);
    const status = message.next();
    const value = message.next();
    const text = message.text();
    this.#failedAllocations = message.next();
    this.#player.play(message, message.next());
    const values = status === STATUS.list ? message.list() : [];
    const outcome = outcomeOf(status, value, text, values);
    if (withState && status !== STATUS.died) {
      this.#state = readState(message);
      this.#lastState = this.#state;
    }
    return outcome;
  }
}
