import { Hardware } from '../../../models/hardware/hardware.ts';
import type { Machine } from '../../../models/hardware/machine.ts';
import type { KernelObserver } from '../../../models/hardware/observer.ts';
import type { StaleTlb } from '../../../models/hardware/tlb.ts';
import type { Call, KernelState, Outcome, Session, Subject, Tasks } from '../port.ts';
import { SubjectCrash } from '../subject-crash.ts';
import { playEvents } from './events.ts';
import { MachineProcess } from './machine-process.ts';
import { NO_STATE, readState } from './state.ts';
import { bootMessage, callMessage, DEATHS, MessageReader, REQUEST, STATUS } from './wire.ts';

/** The path of the program for blocks of so many pages, of which a region may take `maxAlloc`. */
export type ProgramFor = (vmapBbmapBits: number, vmapMaxAlloc: number) => string;

/** Tracepoints of the models that C need not have. */
const UNSEEN = [
  'vb_alloc: block full',
  'vb_free: block dirty',
  'purge_fragmented_block',
  'purge_vmap_area_lazy',
  'alloc_vmap_area: overflow',
];

/** One program per size of block, and which session has it. */
interface Host {
  process: MachineProcess;
  session: NativeSession | null;
}

/**
 * The kernel's own mm/vmalloc.c, compiled. All sessions of one size of block share a process: the
 * one booted last has it.
 */
export class NativeSubject implements Subject {
  readonly name: string;
  readonly #programFor: ProgramFor;
  readonly #hosts = new Map<string, Host>();

  constructor(name: string, programFor: ProgramFor) {
    this.name = name;
    this.#programFor = programFor;
  }

  boot(machine: Machine, observer: KernelObserver): Session {
    const host = this.#hostFor(machine);
    host.session?.end();
    host.process.send(bootMessage(machine));
    const session = new NativeSession(this.name, host.process, machine, observer);
    host.session = session;
    return session;
  }

  /** Ends the programs; no session can be used any more. */
  close(): void {
    for (const { process } of this.#hosts.values()) process.close();
    this.#hosts.clear();
  }

  #hostFor({ vmapBbmapBits, vmapMaxAlloc }: Machine): Host {
    const key = `${vmapBbmapBits} ${vmapMaxAlloc}`;
    let host = this.#hosts.get(key);
    if (host === undefined || host.process.ended) {
      host?.process.close();
      const program = this.#programFor(vmapBbmapBits, vmapMaxAlloc);
      host = { process: new MachineProcess(program), session: null };
      this.#hosts.set(key, host);
    }
    return host;
  }
}

class NativeSession implements Session {
  readonly #name: string;
  readonly #process: MachineProcess;
  readonly #hardware: Hardware;
  readonly #observer: KernelObserver;
  #failedAllocations = 0;
  /** The bookkeeping as it is, if it was asked for. */
  #state: KernelState | null = null;
  /** The last that was told: all there is of a machine that has died. */
  #lastState = NO_STATE;
  /** Whether the bookkeeping was looked at since the last call: then it will be after the next. */
  #isInspected = false;
  #isCurrent = true;

  constructor(name: string, process: MachineProcess, machine: Machine, observer: KernelObserver) {
    this.#name = name;
    this.#process = process;
    this.#hardware = new Hardware(machine, observer);
    this.#observer = observer;
  }

  call(call: Call): Outcome {
    const withState = this.#isInspected;
    this.#isInspected = false;
    return this.#ask(call, withState);
  }

  tasks(): Tasks {
    throw new SubjectCrash(`${this.#name}: only runs one task; interleavings need a policy`);
  }

  inspect(): KernelState {
    this.#isInspected = true;
    if (this.#state === null) this.#ask({ kind: 'nothing' }, true);
    return this.#state ?? this.#lastState;
  }

  failedAllocations(): number {
    return this.#failedAllocations;
  }

  staleTlb(): StaleTlb {
    return this.#hardware.staleTlb;
  }

  tracepoints(): ReadonlyMap<string, number> {
    if (!this.#isCurrent) return new Map();
    const answer = this.#process.ask([REQUEST.tracepoints]);
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

  /** Another machine has booted in the same process. */
  end(): void {
    this.#isCurrent = false;
  }

  #ask(call: Call | { readonly kind: 'nothing' }, withState: boolean): Outcome {
    if (!this.#isCurrent) {
      throw new SubjectCrash(`${this.#name}: its machine was booted anew, and is still used`);
    }
    this.#state = null;
    const answer = this.#process.ask(callMessage(call, withState));
    if (answer === null) {
      return { status: 'died', reason: 'the program of the kernel has ended', cause: 'oops' };
    }
    const message = new MessageReader(answer);
    const status = message.next();
    const value = message.next();
    const text = message.text();
    this.#failedAllocations = message.next();
    playEvents(message, message.next(), this.#hardware, this.#observer);
    const outcome = outcomeOf(status, value, text, message);
    if (withState && status !== STATUS.died) {
      this.#state = readState(message);
      this.#lastState = this.#state;
    }
    return outcome;
  }
}

function outcomeOf(status: number, value: number, text: string, message: MessageReader): Outcome {
  const warning = text === '' ? null : text;
  switch (status) {
    case STATUS.nothing:
      return { status: 'returned', value: 0, warning };
    case STATUS.address:
    case STATUS.number:
      return { status: 'returned', value, warning };
    case STATUS.list:
      return { status: 'returned-many', values: message.list(), warning };
    case STATUS.failed:
      return { status: 'failed', reason: 'NULL', warning };
    default:
      return { status: 'died', reason: text, cause: DEATHS[value] ?? 'oops' };
  }
}
