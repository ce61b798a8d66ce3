import type { Scenario } from '../scenario/scenario.ts';
import { canonical } from './canonical.ts';
import { fewerCpus, otherCpus } from './cpus.ts';
import { dropOperations } from './drop.ts';
import { fewerTasks } from './fewer-tasks.ts';
import { simplerMachine } from './machine.ts';
import { merged } from './merge.ts';
import { otherAreas, reordered } from './reorder.ts';
import { Oracle, Search } from './search.ts';
import { shortScenarios } from './short-scenarios.ts';
import { plainerOperations } from './simplify.ts';
import { smallerNumbers } from './sizes.ts';

const DEFAULT_LIMIT = 20_000;

/** Scenarios to try in the place of one: in this order, each pass until it finds no more. */
const PASSES: readonly ((scenario: Scenario) => Iterable<Scenario>)[] = [
  merged,
  fewerCpus,
  simplerMachine,
  plainerOperations,
  smallerNumbers,
  otherCpus,
  otherAreas,
  reordered,
];

/** What a minimisation arrived at. */
export interface Minimized {
  /** Violates as the scenario it was made from does, and is not larger. */
  readonly scenario: Scenario;
  /** How often the scenario, changed in some way, was run. */
  readonly tries: number;
  /** Whether the limit was reached, so that there may be more to take away. */
  readonly exhausted: boolean;
}

/**
 * Reduces a scenario that violates something to one that none of the passes can make simpler, in
 * the order of `compareScenarios`. Deterministic: it is the scenario and the answers of
 * `stillViolates` that decide. `limit`: how often `stillViolates` may be asked.
 * Throws RangeError if there is no task or the scenario does not violate.
 */
export function minimize(
  scenario: Scenario,
  stillViolates: (candidate: Scenario) => boolean,
  limit = DEFAULT_LIMIT,
): Minimized {
  if (scenario.tasks.length === 0) throw new RangeError('the scenario has no task');
  if (!stillViolates(scenario)) throw new RangeError('the scenario does not violate');
  const oracle = new Oracle(stillViolates, limit);
  const search = new Search(scenario, oracle);
  search.attempt(canonical(scenario));
  do {
    reduce(search);
  } while (search.current.tasks.length === 1 && search.attemptAny(shortScenarios(search.current)));
  return { scenario: search.current, tries: oracle.tries, exhausted: oracle.exhausted };
}

/** All passes, the cheap and effective ones first, until none of them finds anything. */
function reduce(search: Search): void {
  let before: Scenario;
  do {
    before = search.current;
    search.exhaust(fewerTasks);
    dropOperations(search);
    for (const pass of PASSES) search.exhaust(pass);
  } while (search.current !== before);
}
