import type { PointKind } from '../../../models/kernel/point.ts';
import { type MessageReader, REQUEST } from './wire.ts';

/** Kinds of points in the order of enum sim_point_kind in native/sim.h. */
export const POINT_KINDS: readonly PointKind[] = [
  'lock',
  'atomic',
  'unlock',
  'blocked',
  'read',
  'write',
  'atomic',
  'rcu',
  'pte',
  'flush',
  'work',
];
/** The places of kinds there, where a step needs to know them. */
export const KIND = { lock: 0, trylock: 1, unlock: 2, blocked: 3 } as const;

/** What is asked for by a run of tasks. Every list of numbers begins with its length. */
export interface RunRequest {
  /** CPUs of the tasks to boot a machine with; null: go on with the one there is. */
  readonly restart: readonly number[] | null;
  readonly footprints: boolean;
  readonly everyAccess: boolean;
  /** Whether the kernel's bookkeeping is asked for, even if not everything is done. */
  readonly state: boolean;
  /** Steps to take beyond those asked for, at most. */
  readonly horizon: number;
  /** Of the steps, how many at their beginning are known and need not be told. */
  readonly known: number;
  /** The tasks that take them. */
  readonly steps: readonly number[];
  /** By task: the calls it makes, those that are only expected included. */
  readonly calls: readonly (readonly (readonly number[])[])[];
}

/** See run() in native/machine/run.c. */
export function runMessage(request: RunRequest): number[] {
  const { restart, footprints, everyAccess, state, horizon, known, steps, calls } = request;
  const message: number[] = [
    REQUEST.run,
    Number(restart !== null),
    Number(footprints),
    Number(everyAccess),
    Number(state),
    horizon,
  ];
  if (restart !== null) message.push(restart.length, ...restart);
  message.push(known, steps.length);
  for (const step of steps) message.push(step);
  message.push(calls.length);
  for (const [task, ofTask] of calls.entries()) {
    message.push(task, ofTask.length);
    for (const call of ofTask) message.push(call.length, ...call);
  }
  return message;
}

/** Where a task stands. */
export interface Position {
  /** Place in POINT_KINDS; -1: nowhere, it is idle or about to begin. */
  readonly kind: number;
  /** Place among the scheduling points of the program; -1: none of those. */
  readonly site: number;
  /** Address of the instruction behind the access it stands at; 0: it is a point of the source. */
  readonly from: number;
  /** What it is about to touch: the number of a lock or work, or a word of memory. */
  readonly number: number;
  /** Numbers of the locks it has. */
  readonly held: readonly number[];
}

/** A worker that a step has started. */
export interface Worker {
  readonly cpu: number;
  readonly work: number;
  readonly name: string;
}

/** What one step of a task did. */
export interface StepRecord {
  readonly task: number;
  /** Whether it began a call with it. */
  readonly begins: boolean;
  /** See STATUS; -1: it has stopped at a point. */
  readonly status: number;
  readonly value: number;
  readonly failedAllocations: number;
  /** The CPU it was on before, and the one it is on now. */
  readonly cpuBefore: number;
  readonly cpu: number;
  readonly atomicBefore: boolean;
  readonly atomicAfter: boolean;
  /** Sets of what it touched besides memory, a bit each; see enum sim_shared in native/sim.h. */
  readonly reads: number;
  readonly writes: number;
  readonly position: Position;
  /** A warning, or what the machine died of. */
  readonly text: string;
  readonly values: readonly number[];
  readonly events: Float64Array;
  readonly workers: readonly Worker[];
  /** Ranges of words of memory: from, to, 1 if they are written; ascending and apart. */
  readonly memory: Float64Array;
  readonly hasFootprint: boolean;
  /** Sets of tasks afterwards, a bit each. */
  readonly canStep: number;
  readonly mayRun: number;
}

export const STOPPED = -1;
const ATOMIC_BEFORE = 1;
const ATOMIC_AFTER = 2;

/** Reads the record of a step as put_record() in native/machine/run.c puts it. */
export function readRecord(message: MessageReader, hasFootprint: boolean): StepRecord {
  const record = message.slice(message.next());
  const task = record.next();
  const begins = record.next() !== 0;
  const status = record.next();
  const value = record.next();
  const failedAllocations = record.next();
  const cpuBefore = record.next();
  const atomic = record.next();
  const cpu = record.next();
  const reads = record.next();
  const writes = record.next();
  const position = readPosition(record);
  const text = record.text();
  const values = record.list();
  const events = record.take(record.next());
  const workers = readWorkers(record);
  const memory = record.take(record.next());
  const canStep = record.next();
  const mayRun = record.next();
  return {
    task,
    begins,
    status,
    value,
    failedAllocations,
    cpuBefore,
    cpu,
    atomicBefore: (atomic & ATOMIC_BEFORE) !== 0,
    atomicAfter: (atomic & ATOMIC_AFTER) !== 0,
    reads,
    writes,
    position,
    text,
    values,
    events,
    workers,
    memory,
    hasFootprint,
    canStep,
    mayRun,
  };
}

function readPosition(record: MessageReader): Position {
  const kind = record.next();
  const site = record.next();
  const from = record.next();
  const number = record.next();
  return { kind, site, from, number, held: record.list() };
}

const NONE: readonly Worker[] = [];

function readWorkers(record: MessageReader): readonly Worker[] {
  const count = record.next();
  if (count === 0) return NONE;
  return Array.from({ length: count }, () => {
    const cpu = record.next();
    const work = record.next();
    return { cpu, work, name: record.text() };
  });
}
