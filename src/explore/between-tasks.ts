import { programs } from '../../properties/concurrent/programs.ts';
import type { Property } from '../../properties/property.ts';
import { parseCase } from '../scenario/case-text.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { explore } from './explore.ts';
import type { Schedule } from './explorer.ts';

/** Interleavings of one program at most; no built-in policy needs as many. */
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

/** What was seen, and the programs of which not every interleaving was looked at. */
export interface BetweenTasksReport {
  readonly violated: readonly BetweenTasks[];
  readonly unfinished: readonly string[];
}

/**
 * Which of the properties the programs of two tasks violate, each where it was seen first; every
 * interleaving of each program up to its bound is looked at. An exploration ends with the first
 * violation, so it is repeated without that property.
 */
export function violatedBetweenTasks(
  subject: Subject,
  properties: readonly Property[],
): BetweenTasksReport {
  let watched = properties;
  const violated: BetweenTasks[] = [];
  const unfinished: string[] = [];
  for (const { name, scenario, strategy } of cases) {
    for (;;) {
      const found = explore(subject, scenario, { strategy, properties: watched, limit: LIMIT });
      if (found.verdict === 'unfinished') unfinished.push(name);
      if (found.verdict !== 'violated') break;
      const { property, schedule } = found;
      violated.push({ property, program: name, scenario, schedule });
      watched = watched.filter((one) => one !== property);
    }
  }
  return { violated, unfinished };
}
