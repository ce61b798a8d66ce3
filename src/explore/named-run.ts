import type { Property } from '../../properties/property.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { PointName, PointVisit, Until } from '../scenario/schedule.ts';
import type { Subject } from '../subject/port.ts';
import { InterleavedRun, type InterleavedStep } from './interleaved-run.ts';

/** Where a task stands, in the words of the C source. */
interface Position {
  /** The operation it is in, or was in last; -1: none has begun. A worker's is 0. */
  operation: number;
  inCall: boolean;
  /** The point it passed last in this call. */
  passed: PointVisit | null;
  /** How often it passed each point in this call. */
  readonly visits: Map<string, number>;
}

/** What a step did. */
export interface NamedStep extends InterleavedStep {
  /** The point that was passed; null where the step began a call, or there was none to begin. */
  readonly passed: PointVisit | null;
  /** Whether the step began a call. */
  readonly begins: boolean;
}

/** A run of several tasks in which every scheduling point has a name. */
export class NamedRun {
  readonly run: InterleavedRun;
  readonly #lengths: readonly number[];
  readonly #positions: (Position | undefined)[] = [];

  constructor(subject: Subject, scenario: Scenario, properties: readonly Property[]) {
    this.run = new InterleavedRun(subject, scenario, properties);
    this.run.tasks.startNaming();
    this.#lengths = scenario.tasks.map(({ operations }) => operations.length);
  }

  /** Lets an enabled task go on, as InterleavedRun.step does. */
  step(task: number): NamedStep {
    const { tasks } = this.run;
    const position = this.positionOf(task);
    const name = tasks.pointNameOf(task);
    const begins = name === null;
    const step = this.run.step(task);
    if (begins) {
      position.operation = task < this.#lengths.length ? step.index : 0;
      position.passed = null;
      position.visits.clear();
    } else {
      position.passed = this.#visit(position, name);
      position.visits.set(keyOf(name), position.passed.nth);
    }
    // What the scenario ends with may be nothing that can be called.
    if (step.index < 0 && task < this.#lengths.length) {
      position.operation = this.#lengths[task] ?? 0;
    }
    position.inCall = step.outcome === null && tasks.pointOf(task) !== null;
    return { ...step, passed: position.passed, begins };
  }

  positionOf(task: number): Position {
    const known = this.#positions[task];
    if (known !== undefined) return known;
    const position = { operation: -1, inCall: false, passed: null, visits: new Map() };
    this.#positions[task] = position;
    return position;
  }

  #visit({ visits }: Position, name: PointName): PointVisit {
    return { ...name, nth: 1 + (visits.get(keyOf(name)) ?? 0) };
  }

  /** The point a task stands at, and which time; null where it has none. */
  next(task: number): PointVisit | null {
    const name = this.run.tasks.pointNameOf(task);
    return name === null ? null : this.#visit(this.positionOf(task), name);
  }

  /** Whether a task waits for another: for its lock, or for its work to be done. */
  isWaiting(task: number): boolean {
    const { tasks } = this.run;
    const kind = tasks.pointOf(task)?.kind;
    if (kind !== 'lock' && kind !== 'blocked') return false;
    return !tasks.canStep(task) && tasks.mayRun(task);
  }

  /** Where a task stands, as the place where a turn ends. It has taken a step already. */
  untilNow(task: number): Until {
    const { operation, inCall, passed } = this.positionOf(task);
    const next = this.next(task);
    if (next !== null && this.isWaiting(task)) return { kind: 'waiting', operation, point: next };
    if (this.run.checked.ended || this.isAtEnd(task)) return { kind: 'end' };
    if (!inCall) return { kind: 'returns', operation };
    if (passed === null) return { kind: 'begins', operation };
    return { kind: 'after', operation, point: passed };
  }

  /** Whether a task has done all it had to. */
  isAtEnd(task: number): boolean {
    const { operation, inCall } = this.positionOf(task);
    return !inCall && operation >= (this.#lengths[task] ?? 1) - 1;
  }
}

function keyOf({ text, inFunction }: PointName): string {
  return `${text} in ${inFunction}`;
}
