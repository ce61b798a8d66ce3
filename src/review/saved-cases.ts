import { properties } from '../../properties/index.ts';
import type { StoredCase } from '../counterexample/store.ts';
import { violationOf } from '../explore/run-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';

/** A saved case, and whether each of two subjects violates the property it names. */
export interface SavedVerdicts {
  readonly name: string;
  readonly property: string;
  readonly scenario: Scenario;
  readonly base: boolean;
  readonly candidate: boolean;
}

/** Runs the saved cases of one task on both; those whose property is gone are left out. */
export function savedVerdicts(
  cases: readonly StoredCase[],
  base: Subject,
  candidate: Subject,
): SavedVerdicts[] {
  return cases.flatMap(({ name, case: one }) => {
    const property = properties.find((known) => known.name === one.property);
    if (property === undefined || one.scenario.tasks.length > 1) return [];
    const violates = (subject: Subject): boolean =>
      violationOf(subject, one.scenario, property) !== null;
    return {
      name,
      property: property.name,
      scenario: one.scenario,
      base: violates(base),
      candidate: violates(candidate),
    };
  });
}
