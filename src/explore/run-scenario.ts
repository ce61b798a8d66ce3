import type { Property } from '../../properties/property.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { CheckedRun, type Step, type Violation } from './checked-run.ts';

/** What running a scenario gave. */
export interface Execution {
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  readonly run: CheckedRun;
}

/** Wants to see a run as it happens, for showing it. */
export interface RunListener {
  /** The machine has booted; from here on `run.monitor.listener` can be set. */
  booted(run: CheckedRun): void;
  /** An operation of the scenario has run. */
  stepped(operation: Operation, step: Step): void;
}

/**
 * Runs a sequential scenario to its end, every property given watching. Throws RangeError for a
 * scenario of more than one task.
 */
export function runScenario(
  subject: Subject,
  scenario: Scenario,
  properties: readonly Property[],
  listener?: RunListener,
): Execution {
  const [task, ...others] = scenario.tasks;
  if (task === undefined || others.length > 0) {
    throw new RangeError(`a sequential scenario has one task, this one ${scenario.tasks.length}`);
  }
  const run = new CheckedRun(subject, scenario.machine, properties);
  listener?.booted(run);
  if (task.cpu !== run.cpu) run.step({ kind: 'migrate', cpu: task.cpu });
  for (const operation of task.operations) {
    const step = run.step(operation);
    run.assertTlbsAgree();
    listener?.stepped(operation, step);
  }
  return { scenario, violations: run.violations, run };
}

/** Whether a scenario violates the property on the subject; the detail if it does, else null. */
export function violationOf(
  subject: Subject,
  scenario: Scenario,
  property: Property,
): string | null {
  return runScenario(subject, scenario, [property]).violations[0]?.detail ?? null;
}
