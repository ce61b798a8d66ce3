import { Handles } from '../explore/handles.ts';
import { Random } from '../explore/random.ts';
import { CallerFrames, resolve } from '../explore/resolve.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Peaks, Session, Subject } from '../subject/port.ts';
import { AreaNames } from './calls.ts';
import { type FlushFigures, FlushMeter } from './flush-meter.ts';
import { type SpaceFigures, SpaceMeter } from './space-meter.ts';
import type { Workload } from './workload.ts';

/** What a workload cost under one policy. */
export interface Costs {
  readonly policy: string;
  /** Calls made, those of pending work included. */
  readonly calls: number;
  /** Allocations that returned NULL. */
  readonly refused: number;
  /** Why the machine stopped before the end; null: it did not. */
  readonly died: string | null;
  readonly flush: FlushFigures;
  readonly space: SpaceFigures;
  readonly blocksCreated: number;
  /** Null: the subject does not tell. */
  readonly peaks: Peaks | null;
}

export interface MeasureOptions {
  /** Online CPUs of the machine. */
  readonly cpus: number;
  readonly seed: number;
}

/** Pending work gets a CPU after every so many calls: soon, but not at once. */
const CALLS_BETWEEN_WORK = 16;

/**
 * Runs a workload on a subject, without the reference and the properties, and adds up what it
 * costs. The same arguments give the same figures.
 */
export function measure(subject: Subject, workload: Workload, options: MeasureOptions): Costs {
  const machine = workload.machine(options.cpus);
  const meter = new FlushMeter(machine);
  const session = subject.boot(machine, meter);
  const space = new SpaceMeter(machine, session);
  meter.onFlush = () => space.look();
  const run = new MeasuredRun(session, space);
  const operations = workload.operations({
    machine,
    random: new Random(options.seed),
    names: new AreaNames(),
  });
  let next = operations.next();
  while (next.done !== true && run.died === null) next = operations.next(run.step(next.value));
  run.step({ kind: 'run_work' });
  space.look();
  return {
    policy: subject.name,
    calls: run.calls,
    refused: run.refused,
    died: run.died,
    flush: meter.figures(),
    space: space.figures(),
    blocksCreated: session.tracepoints().get('new_vmap_block') ?? 0,
    peaks: session.peaks(),
  };
}

/** A machine that is given operations, as CheckedRun does it, but nobody watches it. */
class MeasuredRun {
  calls = 0;
  refused = 0;
  died: string | null = null;
  readonly #session: Session;
  readonly #space: SpaceMeter;
  readonly #handles = new Handles();
  readonly #frames = new CallerFrames();

  constructor(session: Session, space: SpaceMeter) {
    this.#session = session;
    this.#space = space;
  }

  /** Runs an operation; returns the first page of what it allocated, or NaN. */
  step(operation: Operation): number {
    const vpn = this.#call(operation);
    if (this.calls % CALLS_BETWEEN_WORK === 0) this.#call({ kind: 'run_work' });
    return vpn;
  }

  #call(operation: Operation): number {
    if (operation.kind === 'touch' || this.died !== null) return Number.NaN;
    const call = resolve(operation, this.#handles, this.#frames);
    if (call === null) return Number.NaN;
    const outcome = this.#session.call(call);
    this.calls++;
    if (outcome.status === 'died') this.died = outcome.reason;
    if (!('area' in operation)) return Number.NaN;
    this.#space.allocationReturned();
    const vpn =
      outcome.status === 'returned'
        ? outcome.value
        : outcome.status === 'returned-many'
          ? outcome.values[0]
          : undefined;
    if (vpn === undefined) {
      this.refused++;
      return Number.NaN;
    }
    const pages = 'pages' in operation ? operation.pages : 0;
    this.#handles.add({ name: operation.area, vpn, pages, areas: [] });
    return vpn;
  }
}
