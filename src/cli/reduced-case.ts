import type { Property } from '../../properties/property.ts';
import type { Counterexample } from '../counterexample/schema.ts';
import type { Schedule } from '../explore/explorer.ts';
import { violationOf } from '../explore/run-scenario.ts';
import { followTurns, nameTurns } from '../explore/turns.ts';
import type { Certificate } from '../minimize/certificate.ts';
import { minimizeInterleaved } from '../minimize/minimize-interleaved.ts';
import { certificateLines } from '../report/certificate-text.ts';
import { wrapWords } from '../report/words.ts';
import { printCase } from '../scenario/case-print.ts';
import { parseCase } from '../scenario/case-text.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { CannotTell } from './errors.ts';
import { OBSERVED_COLUMNS } from './told-case.ts';

/** The smallest case found of a violation. */
export interface Reduced {
  readonly counterexample: Counterexample;
  readonly certificate: Certificate | null;
}

/** What an exploration found in a scenario. */
interface FoundViolation {
  readonly property: Property;
  readonly schedule: Schedule;
}

/**
 * The violation as the smallest case found, which a replay of its text has shown once more.
 * `budget`: scenarios to try for a certificate. Throws CannotTell if the replay does not show it.
 */
export function reducedCase(
  policy: LoadedPolicy,
  scenario: Scenario,
  { property, schedule: found }: FoundViolation,
  budget: number,
): Reduced {
  const subject = policy.subject();
  const least = minimizeInterleaved(subject, scenario, found, property, {
    budget,
  });
  const isSequential =
    least.scenario.tasks.length === 1 &&
    violationOf(policy.subject(), least.scenario, property) !== null;
  const schedule = nameTurns(subject, least.scenario, least.schedule);
  const bare: Counterexample = {
    policy: policy.name,
    property: property.name,
    scenario: isSequential ? least.scenario : { ...least.scenario, schedule },
    observed: [],
    certificate: certificateLines(least.certificate),
  };
  const again = parseCase(printCase(bare)).scenario;
  const detail = isSequential
    ? violationOf(policy.subject(), again, property)
    : followTurns(policy.subject(), again, [property]).run.violations[0]?.detail;
  if (detail === null || detail === undefined) {
    const what = `the counterexample to ${property.name} does not violate it when it is replayed`;
    throw new CannotTell(`${policy.name}: ${what}: it keeps state from one machine to the next`);
  }
  const counterexample = { ...bare, observed: wrapWords(detail, OBSERVED_COLUMNS) };
  return { counterexample, certificate: least.certificate };
}
