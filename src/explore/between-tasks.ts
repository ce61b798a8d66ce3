import { programs } from '../../properties/concurrent/programs.ts';
import type { Property } from '../../properties/property.ts';
import { parseCase } from '../scenario/case-text.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { explore } from './explore.ts';
import type { Schedule } from './explorer.ts';

/** Interleavings of one program; none needs as many. */
const LIMIT = 5_000;

/** A property that a program of two tasks violates in one of its interleavings. */
export interface BetweenTasks {
  readonly property: Property;
  readonly program: string;
  readonly scenario: Scenario;
  readonly schedule: Schedule;
}

const cases = programs.map(({ name, scenario, bound }) => ({
  name,
  scenario: parseCase(scenario).scenario,
  strategy: { kind: 'bounded', bound } as const,
}));

/**
 * Which of the properties the programs of two tasks violate, each where it was seen first; every
 * interleaving of each program up to its bound is looked at. An exploration ends with the first
 * violation, so it is repeated without that property.
 */
export function violatedBetweenTasks(
  subject: Subject,
  properties: readonly Property[],
): BetweenTasks[] {
  let watched = properties;
  const seen: BetweenTasks[] = [];
  for (const { name, scenario, strategy } of cases) {
    for (;;) {
      const found = explore(subject, scenario, { strategy, properties: watched, limit: LIMIT });
      if (found.verdict === 'unfinished') throw new Error(`${name}: more than ${LIMIT}`);
      if (found.verdict === 'holds') break;
      const { property, schedule } = found;
      seen.push({ property, program: name, scenario, schedule });
      watched = watched.filter((one) => one !== property);
    }
  }
  return seen;
}
