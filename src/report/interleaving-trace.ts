import type { Property } from '../../properties/property.ts';
import type { Step, Violation } from '../explore/checked-run.ts';
import type { NamedRun, NamedStep } from '../explore/named-run.ts';
import { followTurns, type TurnsListener } from '../explore/turns.ts';
import { printOperation } from '../scenario/operation-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Turn, Turns, Until } from '../scenario/schedule.ts';
import type { Subject } from '../subject/port.ts';
import { HardwareLog } from './hardware-log.ts';
import { outcomeLines, outcomeText } from './outcome-text.ts';
import { changesBetween, lazyText, NOTHING_SHARED, readSharedState } from './shared-state.ts';

/** What one task did of one operation without a switch in between. */
export interface Stretch {
  /** Its number in the run; workers come after the tasks. */
  readonly task: number;
  /** The operation as a scenario writes it, or the work of a worker. */
  readonly operation: string;
  /** Whether the operation had begun before. */
  readonly goesOn: boolean;
  /** What the hardware was made to do, in order. */
  readonly events: readonly string[];
  /** What the operation returned; null where it has not. */
  readonly outcome: readonly string[] | null;
  /** Where the operation was left for another task; null where it was not. */
  readonly until: Until | null;
  /** The shared state, where it is not what it was before. */
  readonly changes: readonly string[];
  /** What was violated first in this stretch. */
  readonly violations: readonly Violation[];
}

/** Who takes part in a run. */
export interface Column {
  readonly title: string;
}

/** An execution of several tasks, told stretch by stretch. */
export interface InterleavingTrace {
  readonly policy: string;
  readonly scenario: Scenario;
  readonly properties: readonly Property[];
  /** By the number of the task in the run. */
  readonly columns: readonly Column[];
  readonly stretches: readonly Stretch[];
  readonly turns: Turns;
  readonly violations: readonly Violation[];
}

/**
 * Runs a scenario by its schedule, to the end, and tells what happened; of the properties, those
 * that have a meaning then watch. Throws TurnsExpired if a turn cannot be taken.
 */
export function traceInterleaving(
  subject: Subject,
  scenario: Scenario,
  properties: readonly Property[],
): InterleavingTrace {
  const recorder = new StretchRecorder(scenario);
  const watched = properties.filter(({ interleaved }) => interleaved !== 'never');
  const { run, turns } = followTurns(subject, scenario, watched, recorder);
  return {
    policy: subject.name,
    scenario,
    properties: watched,
    columns: recorder.columns,
    stretches: recorder.stretches,
    turns,
    violations: run.violations,
  };
}

const NOTHING_TO_CALL = 'skipped: there is nothing now that it may be called on';

/** A stretch that has not ended. */
interface Open {
  readonly task: number;
  readonly operation: string;
  readonly goesOn: boolean;
}

class StretchRecorder implements TurnsListener {
  readonly columns: Column[];
  readonly stretches: Stretch[] = [];
  readonly #scenario: Scenario;
  /** What each task is in. */
  readonly #operations: string[] = [];
  /** Whether the hardware was left alone by the call each task is in. */
  readonly #quiet: boolean[] = [];
  #named: NamedRun | null = null;
  #log: HardwareLog | null = null;
  #open: Open | null = null;
  #state = NOTHING_SHARED;
  #violations = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.columns = scenario.tasks.map(({ cpu }, task) => ({ title: `task ${task} on cpu${cpu}` }));
  }

  booted(named: NamedRun): void {
    this.#named = named;
    const { checked } = named.run;
    this.#log = new HardwareLog(checked.ledger, (vpn) => checked.handles.describe(vpn));
    checked.monitor.listener = this.#log;
    named.run.onPassed = (task, index, step) => this.#passed(task, index, step);
  }

  stepped(step: NamedStep): void {
    const { task, index, operation, outcome } = step;
    const isWorker = task >= this.#scenario.tasks.length;
    if (step.begins) {
      // It has found nothing more that it could call.
      if (operation === null && !isWorker) return;
      this.#operations[task] = isWorker ? this.#beginWork(task) : this.#textOf(task, index);
    }
    this.#open ??= { task, operation: this.#operations[task] ?? '', goesOn: !step.begins };
    if (outcome === null) return;
    const kind = operation === null || operation.kind === 'touch' ? 'run_work' : operation.kind;
    this.#close(outcomeText({ kind }, outcome), null);
  }

  turned({ until }: Turn): void {
    this.#close(null, until);
  }

  /** A touch, or an operation that cannot be called: it takes no step. */
  #passed(task: number, index: number, step: Step): void {
    this.#open = { task, operation: this.#textOf(task, index), goesOn: false };
    const isSkipped = step.kind === 'skipped';
    this.#close(isSkipped ? [NOTHING_TO_CALL] : outcomeLines(step, false), null);
  }

  #textOf(task: number, index: number): string {
    const operation = this.#scenario.tasks[task]?.operations[index];
    return operation === undefined ? '' : printOperation(operation);
  }

  /** Gives a worker its column; returns what it works on. */
  #beginWork(task: number): string {
    const tasks = this.#named?.run.tasks;
    if (tasks === undefined) return '';
    const [, ...work] = tasks.nameOf(task).split(' ');
    const number = task - this.#scenario.tasks.length;
    this.columns[task] = { title: `worker ${number} on cpu${tasks.cpuOf(task)}` };
    return work.join(' ');
  }

  /** Where a flush is what the caller asked for, its absence is worth a line. */
  #takeEvents({ task, operation, goesOn }: Open, outcome: readonly string[] | null): string[] {
    const events = this.#log?.take() ?? [];
    if (!goesOn) this.#quiet[task] = true;
    if (events.length > 0) this.#quiet[task] = false;
    const asksForFlush = operation === 'vm_unmap_aliases()' && outcome !== null;
    return asksForFlush && this.#quiet[task] === true ? ['no flush'] : events;
  }

  #close(outcome: readonly string[] | null, until: Until | null): void {
    const [open, checked] = [this.#open, this.#named?.run.checked];
    if (open === null || checked === undefined) return;
    this.#open = null;
    const state = readSharedState(checked);
    const changes = changesBetween(this.#state, state);
    // In the middle of a call it matters what another task does not find.
    const isStale = until?.kind === 'after' && state.stale !== 'none';
    if (isStale && state.lazy === this.#state.lazy) changes.push(lazyText(state));
    this.stretches.push({
      ...open,
      events: this.#takeEvents(open, outcome),
      outcome,
      until,
      changes,
      violations: checked.violations.slice(this.#violations),
    });
    this.#state = state;
    this.#violations = checked.violations.length;
  }
}
