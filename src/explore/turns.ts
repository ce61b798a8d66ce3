import type { Property } from '../../properties/property.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  type PointVisit,
  runnerOf,
  type Turn,
  type Turns,
  type Until,
} from '../scenario/schedule.ts';
import { printTurn, TaskTexts } from '../scenario/schedule-text.ts';
import type { Subject } from '../subject/port.ts';
import type { Schedule } from './explorer.ts';
import type { InterleavedRun } from './interleaved-run.ts';
import { NamedRun, type NamedStep } from './named-run.ts';

/** The turns of a case cannot be taken any more: the policy has changed, or is another one. */
export class TurnsExpired extends Error {}

/** Wants to see a run as it takes its turns. */
export interface TurnsListener {
  booted(named: NamedRun): void;
  stepped(step: NamedStep): void;
  /** A turn has ended; its task goes on later, or not at all. */
  turned(turn: Turn): void;
}

/** A run to its end, and the turns it took. */
export interface TurnedRun {
  readonly run: InterleavedRun;
  readonly turns: Turns;
  readonly schedule: Schedule;
}

/**
 * The turns of a schedule, which may end early: then the task that ran last goes on, then the
 * others, lowest number first. `followTurns` takes the same steps from them.
 */
export function nameTurns(
  subject: Subject,
  scenario: Scenario,
  schedule: Schedule,
  properties: readonly Property[] = [],
): Turns {
  const runner = new TurnRunner(subject, scenario, properties, null);
  for (const task of schedule) {
    if (runner.run.checked.ended) break;
    runner.step(task);
  }
  return runner.finish().turns;
}

/**
 * Runs a scenario by the turns of its schedule and then to its end. Throws TurnsExpired, which says
 * why, if a turn cannot be taken as it is written.
 */
export function followTurns(
  subject: Subject,
  scenario: Scenario,
  properties: readonly Property[],
  listener: TurnsListener | null = null,
): TurnedRun {
  const runner = new TurnRunner(subject, scenario, properties, listener);
  for (const [index, turn] of (scenario.schedule ?? []).entries()) runner.take(turn, index);
  return runner.finish();
}

class TurnRunner {
  readonly #named: NamedRun;
  readonly #texts: TaskTexts;
  readonly #tasks: number;
  readonly #listener: TurnsListener | null;
  readonly #turns: Turn[] = [];
  readonly #schedule: number[] = [];

  constructor(
    subject: Subject,
    scenario: Scenario,
    properties: readonly Property[],
    listener: TurnsListener | null,
  ) {
    this.#named = new NamedRun(subject, scenario, properties);
    this.#texts = new TaskTexts(scenario.tasks);
    this.#tasks = scenario.tasks.length;
    this.#listener = listener;
    listener?.booted(this.#named);
  }

  get run(): InterleavedRun {
    return this.#named.run;
  }

  step(task: number): NamedStep {
    const last = this.#schedule.at(-1);
    if (last !== undefined && last !== task && !this.run.takesTurns) this.#endTurn(last);
    this.#schedule.push(task);
    const step = this.#named.step(task);
    this.#listener?.stepped(step);
    return step;
  }

  #endTurn(task: number): void {
    const turn = { ...runnerOf(task, this.#tasks), until: this.#named.untilNow(task) };
    this.#turns.push(turn);
    this.#listener?.turned(turn);
  }

  finish(): TurnedRun {
    const enabled: number[] = [];
    let last = this.#schedule.at(-1) ?? 0;
    while (this.run.enabled(enabled).length > 0) {
      if (!enabled.includes(last)) last = enabled[0] ?? 0;
      this.step(last);
    }
    if (this.#schedule.length > 0 && !this.run.takesTurns) this.#endTurn(last);
    return { run: this.run, turns: this.#turns, schedule: this.#schedule };
  }

  /**
   * Takes one turn as it is written, a step at least; nothing once the machine has died. One that
   * is to last until a call returns, or to the end, ends early where the task has to wait: that is
   * how a policy may keep a race off that another one lets happen.
   */
  take(turn: Turn, index: number): void {
    const task = turn.kind === 'task' ? turn.number : this.#tasks + turn.number;
    const { until } = turn;
    do {
      if (!this.run.enabled().includes(task)) {
        if (this.#isOver || this.#mayStop(task, until)) return;
        throw this.#expired(turn, index, this.#whyStopped(task));
      }
      if (this.run.takesTurns) return;
      this.step(task);
      if (this.#isPast(task, until)) throw this.#expired(turn, index, this.#whyPast(task, until));
    } while (until.kind === 'end' || !this.#isThere(task, until));
  }

  /** Whether a task that cannot go on has come far enough for its turn. */
  #mayStop(task: number, until: Until): boolean {
    if (task >= this.run.taskCount) return false;
    const isAnyPlace = until.kind === 'end' || until.kind === 'returns';
    return this.#isThere(task, until) || (isAnyPlace && this.#named.isWaiting(task));
  }

  /** Whether the machine has died or is in a deadlock. */
  get #isOver(): boolean {
    return this.run.checked.ended && !this.run.isDone;
  }

  /** Whether a task stands where its turn ends. */
  #isThere(task: number, until: Until): boolean {
    const { operation, inCall, passed } = this.#named.positionOf(task);
    if (until.kind === 'end') return this.#named.isAtEnd(task);
    if (operation !== until.operation) return false;
    switch (until.kind) {
      case 'begins':
        return inCall && passed === null;
      case 'returns':
        return !inCall;
      case 'after':
        return inCall && passed !== null && isSame(passed, until.point);
      case 'waiting': {
        const next = this.#named.next(task);
        return next !== null && isSame(next, until.point) && this.#named.isWaiting(task);
      }
    }
  }

  /** Whether a task can no longer come to where its turn ends. */
  #isPast(task: number, until: Until): boolean {
    if (until.kind === 'end') return false;
    const { operation, inCall } = this.#named.positionOf(task);
    if (operation !== until.operation) return operation > until.operation;
    return !inCall && until.kind !== 'returns';
  }

  #whyPast(task: number, until: Until): string {
    const { operation } = this.#named.positionOf(task);
    const call = task < this.#tasks ? this.#texts.textOf(task, operation) : 'its work';
    const isSameCall = until.kind !== 'end' && until.operation === operation;
    return isSameCall ? `${call} returns without it` : `it has come to ${call}`;
  }

  #whyStopped(task: number): string {
    if (task >= this.run.taskCount) return 'it has not been started';
    const next = this.#named.next(task);
    if (next !== null) return `it waits at ${next.text} in ${next.inFunction}`;
    return this.#named.isAtEnd(task) ? 'it has done all it had to' : 'its CPU is not free';
  }

  #expired(turn: Turn, index: number, why: string): TurnsExpired {
    const [text = ''] = printTurn(turn, this.#texts, Number.POSITIVE_INFINITY);
    return new TurnsExpired(`turn ${index + 1}, "${text}", cannot be taken: ${why}`);
  }
}

function isSame(a: PointVisit, b: PointVisit): boolean {
  return a.text === b.text && a.inFunction === b.inFunction && a.nth === b.nth;
}
