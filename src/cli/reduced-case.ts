import type { Property } from '../../properties/property.ts';
import type { Counterexample } from '../counterexample/schema.ts';
import type { Schedule } from '../explore/explorer.ts';
import { violationOf } from '../explore/run-scenario.ts';
import { followTurns, nameTurns } from '../explore/turns.ts';
import type { Certificate } from '../minimize/certificate.ts';
import { minimize } from '../minimize/minimize.ts';
import { minimizeInterleaved } from '../minimize/minimize-interleaved.ts';
import { certificateLines } from '../report/certificate-text.ts';
import { wrapWords } from '../report/words.ts';
import { printCase } from '../scenario/case-print.ts';
import { parseCase } from '../scenario/case-text.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { CannotTell } from './errors.ts';
import { OBSERVED_COLUMNS } from './told-case.ts';

/** The smallest case found of a violation, and what was tried to find a smaller one. */
export interface Reduced {
  readonly counterexample: Counterexample;
  readonly certificate: Certificate | null;
}

/** What an exploration found in a scenario. */
interface FoundViolation {
  readonly property: Property;
  readonly schedule: Schedule;
}

/** A violation that was minimised. */
interface Minimised {
  readonly property: Property;
  readonly scenario: Scenario;
  readonly certificate: Certificate | null;
}

/**
 * Minimises a scenario of one task that violates a property. `budget`: runs of the small-scope
 * search. Throws CannotTell as `confirmedCase` does.
 */
export function reducedSequential(
  policy: LoadedPolicy,
  scenario: Scenario,
  property: Property,
  budget: number,
): Reduced {
  const subject = policy.subject();
  const violates = (one: Scenario): boolean => violationOf(subject, one, property) !== null;
  const { scenario: least, certificate } = minimize(scenario, violates, { budget });
  return confirmedCase(policy, { property, scenario: least, certificate });
}

/**
 * The violation that an exploration found as the smallest case. `budget`: as above. Throws
 * CannotTell as `confirmedCase` does.
 */
export function reducedCase(
  policy: LoadedPolicy,
  scenario: Scenario,
  { property, schedule }: FoundViolation,
  budget: number,
): Reduced {
  const subject = policy.subject();
  const least = minimizeInterleaved(subject, scenario, schedule, property, { budget });
  const isSequential =
    least.scenario.tasks.length === 1 &&
    violationOf(policy.subject(), least.scenario, property) !== null;
  const turns = nameTurns(subject, least.scenario, least.schedule);
  const found = isSequential ? least.scenario : { ...least.scenario, schedule: turns };
  return confirmedCase(policy, { property, scenario: found, certificate: least.certificate });
}

/**
 * A violation as a case, after a replay of its text on a subject of its own has shown it again.
 * Throws CannotTell if that does not.
 */
export function confirmedCase(
  policy: LoadedPolicy,
  { property, scenario, certificate }: Minimised,
): Reduced {
  const bare: Counterexample = {
    policy: policy.name,
    property: property.name,
    scenario,
    observed: [],
    certificate: certificateLines(certificate),
  };
  const again = parseCase(printCase(bare)).scenario;
  const detail =
    again.schedule === undefined
      ? violationOf(policy.subject(), again, property)
      : (followTurns(policy.subject(), again, [property]).run.violations[0]?.detail ?? null);
  if (detail === null) {
    const what = `the counterexample to ${property.name} does not violate it when it is replayed`;
    throw new CannotTell(`${policy.name}: ${what}: it keeps state from one machine to the next`);
  }
  const observed = wrapWords(detail, OBSERVED_COLUMNS);
  return { counterexample: { ...bare, observed }, certificate };
}
