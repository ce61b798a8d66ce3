import type { Scenario } from '../scenario/scenario.ts';
import { canonical } from './canonical.ts';
import type { Certificate } from './certificate.ts';
import { fewerCpus, otherCpus } from './cpus.ts';
import { dropOperations, fewerOperations } from './drop.ts';
import { fewerTasks } from './fewer-tasks.ts';
import { simplerMachine } from './machine.ts';
import { merged } from './merge.ts';
import { moved, movedToOneCpu } from './move.ts';
import { otherAreas, reordered } from './reorder.ts';
import { Oracle, Search, type StillViolates } from './search.ts';
import { plainerOperations } from './simplify.ts';
import { smallerNumbers } from './sizes.ts';
import { DEFAULT_BUDGET, type Judge, type Known, SmallScope } from './small-scope.ts';

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
  /** What the small-scope search has been through; null if there was none. */
  readonly certificate: Certificate | null;
}

/** What a minimisation may cost. */
export interface Effort {
  /** How often the passes may run a scenario, or an interleaving of one. */
  readonly limit?: number;
  /** Runs that the small-scope search may make; 0: there is none. */
  readonly budget?: number;
  /** What searches on the same subject, for the same property, have been through. */
  readonly known?: Known;
}

/**
 * Reduces a scenario that violates something to one that neither the passes nor the search can make
 * simpler, in the order of `compareScenarios`; of several tasks, fewer preemptions come right after
 * fewer operations. Deterministic: it is the scenario and the answers of `stillViolates` that
 * decide. `judge`: asked by the search.
 * Throws RangeError if there is no task or the scenario does not violate.
 */
export function minimize(
  scenario: Scenario,
  stillViolates: StillViolates,
  { limit = DEFAULT_LIMIT, budget = DEFAULT_BUDGET, known = new Map() }: Effort = {},
  judge: Judge = judgeOnce(stillViolates),
): Minimized {
  if (scenario.tasks.length === 0) throw new RangeError('the scenario has no task');
  if (!stillViolates(scenario, 'any')) throw new RangeError('the scenario does not violate');
  const oracle = new Oracle(stillViolates, limit);
  const search = new Search(scenario, oracle);
  search.attempt(canonical(scenario));
  reduce(search, judge);
  const smallScope = new SmallScope(judge, budget, known);
  const certificate = budget === 0 ? null : certify(search, smallScope, oracle, judge);
  return {
    scenario: search.current,
    tries: oracle.tries,
    exhausted: oracle.exhausted,
    certificate,
  };
}

/** Reduces what the search finds until it finds nothing simpler; null if the limit is reached. */
function certify(
  search: Search,
  smallScope: SmallScope,
  oracle: Oracle,
  judge: Judge,
): Certificate | null {
  while (!oracle.exhausted) {
    const outcome = smallScope.search(search.current);
    if (outcome.kind === 'none') return outcome.certificate;
    if (!search.attempt(outcome.scenario)) return null;
    reduce(search, judge);
  }
  return null;
}

/** Tries a program of one task by running it. */
function judgeOnce(violates: StillViolates): Judge {
  return {
    preemptions: null,
    try: (program) => ({ verdict: violates(program, 'any') ? 'violated' : 'holds', runs: 1 }),
  };
}

/** All passes, the cheap and effective ones first, until none of them finds anything. */
function reduce(search: Search, { preemptions }: Judge): void {
  let before: Scenario;
  do {
    before = search.current;
    search.exhaust(fewerTasks);
    dropOperations(search);
    for (const pass of PASSES) search.exhaust(pass);
    if (search.current === before && preemptions !== null) tradePreemptions(search);
  } while (search.current !== before);
}

/**
 * Fewer operations for whatever preemptions they take, or the same ones shared out in another way
 * for fewer preemptions, or on fewer CPUs.
 */
function tradePreemptions(search: Search): void {
  if (search.attemptAny(fewerOperations(search.current), 'any')) return;
  if (search.attemptAny(moved(search.current), 'fewer')) return;
  search.attemptAny(movedToOneCpu(search.current));
}
