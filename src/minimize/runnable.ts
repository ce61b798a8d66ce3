import type { Machine } from '../../models/hardware/machine.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { SCENARIO_LIMITS } from '../scenario/limits.ts';
import { machineProblem } from '../scenario/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import { parseOperation } from '../scenario/operation-parse.ts';
import { printOperation } from '../scenario/operation-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf } from './edit.ts';

/**
 * Tells whether the parser would accept a scenario whose areas are named canonically. What has been
 * looked at once is not looked at again: candidates share most of their parts.
 */
export class RunnableCheck {
  readonly #machines = new WeakMap<Machine, boolean>();
  readonly #operations = new WeakMap<Operation, boolean>();

  isRunnable(scenario: Scenario): boolean {
    const { machine } = scenario;
    const operations = operationsOf(scenario);
    if (operations.length > SCENARIO_LIMITS.operations || !this.#boots(machine)) return false;
    if (!scenario.tasks.every(({ cpu }) => machine.onlineCpus.includes(cpu))) return false;
    return operations.every(
      (operation) =>
        (!('cpu' in operation) || machine.onlineCpus.includes(operation.cpu)) &&
        this.#isWritten(operation),
    );
  }

  #boots(machine: Machine): boolean {
    const known = this.#machines.get(machine);
    if (known !== undefined) return known;
    const boots = machineProblem(machine) === null;
    this.#machines.set(machine, boots);
    return boots;
  }

  #isWritten(operation: Operation): boolean {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const written = parses(operation);
    this.#operations.set(operation, written);
    return written;
  }
}

function parses(operation: Operation): boolean {
  try {
    parseOperation(printOperation(operation));
    return true;
  } catch (error) {
    if (error instanceof ScenarioError) return false;
    throw error;
  }
}
