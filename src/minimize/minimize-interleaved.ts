import type { Property } from '../../properties/property.ts';
import { explore } from '../explore/explore.ts';
import type { Exploration, Schedule, Strategy } from '../explore/explorer.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { canonical } from './canonical.ts';
import type { Certificate } from './certificate.ts';
import { withCpusExchanged } from './cpus.ts';
import { operationsOf, startCpuOf } from './edit.ts';
import { type Effort, minimize } from './minimize.ts';
import type { Preemptions, StillViolates } from './search.ts';
import type { Judge, Trial } from './small-scope.ts';
import { fewestSwitches, preemptionsOf, violatesBy } from './switches.ts';

/** Interleavings to run at most: of all candidates together, of one, and of the scenario given. */
const LIMIT = 50_000;
const LIMIT_OF_ONE = 2_000;
const LIMIT_OF_FIRST = 10_000;

/** What a minimisation of several tasks arrived at. */
export interface MinimizedInterleaving {
  /** Without a schedule; `schedule` is the one that violates. */
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  /** Interleavings that were run, those of the small-scope search apart. */
  readonly interleavings: number;
  /** Whether the limit was reached, so that there may be more to take away. */
  readonly exhausted: boolean;
  /** What the small-scope search has been through; null if there was none. */
  readonly certificate: Certificate | null;
}

/**
 * Reduces a scenario and a schedule that violate a property together: fewer operations come first,
 * then fewer preemptions, then what `compareScenarios` says, and last the fewest and earliest
 * switches. A schedule does not fit another scenario, so each candidate is explored anew: with no
 * more preemptions than the best so far, or, when nothing else helps, with however many are needed
 * to have fewer operations. Deterministic.
 */
export function minimizeInterleaved(
  subject: Subject,
  scenario: Scenario,
  schedule: Schedule,
  property: Property,
  effort: Effort = {},
): MinimizedInterleaving {
  const { limit = LIMIT } = effort;
  const search = new InterleavingSearch(subject, schedule, property, limit);
  const { machine, tasks } = scenario;
  const violates: StillViolates = (one, preemptions) => search.violates(one, preemptions);
  const reduced = minimize({ machine, tasks }, violates, { ...effort, limit }, search);
  const found = fewestSwitches(subject, reduced.scenario, search.schedule, property);
  const exhausted = search.interleavings >= limit;
  return {
    ...inOrderOfTurns(subject, reduced.scenario, found, property),
    interleavings: search.interleavings,
    exhausted,
    certificate: exhausted ? null : reduced.certificate,
  };
}

/** The tasks in the order in which they have their first turns, if that violates as well. */
function inOrderOfTurns(
  subject: Subject,
  scenario: Scenario,
  schedule: Schedule,
  property: Property,
): { readonly scenario: Scenario; readonly schedule: Schedule } {
  const { machine, tasks } = scenario;
  const order = [...new Set([...schedule, ...tasks.keys()])].filter((task) => task < tasks.length);
  const turned = schedule.map((task) => (task < tasks.length ? order.indexOf(task) : task));
  const reordered = canonical({ machine, tasks: order.flatMap((task) => tasks[task] ?? []) });
  for (const candidate of [withFirstOnLowestCpu(reordered), reordered]) {
    if (candidate.tasks.length !== tasks.length) continue;
    if (operationsOf(candidate).length !== operationsOf(scenario).length) continue;
    if (violatesBy(subject, candidate, turned, property)) {
      return { scenario: candidate, schedule: turned };
    }
  }
  return { scenario, schedule };
}

function withFirstOnLowestCpu(scenario: Scenario): Scenario {
  const lowest = scenario.machine.onlineCpus[0] ?? 0;
  return withCpusExchanged(scenario, startCpuOf(scenario), lowest);
}

/** Looks for interleavings of candidates, and keeps the one that it found last. */
class InterleavingSearch implements Judge {
  readonly #subject: Subject;
  readonly #property: Property;
  readonly #limit: number;
  #preemptions: number | null = null;
  #schedule: Schedule;
  interleavings = 0;

  constructor(subject: Subject, schedule: Schedule, property: Property, limit: number) {
    this.#subject = subject;
    this.#property = property;
    this.#limit = limit;
    this.#schedule = schedule;
  }

  /** Violates the last scenario of which `violates` was true. */
  get schedule(): Schedule {
    return this.#schedule;
  }

  get preemptions(): number | null {
    return this.#preemptions;
  }

  try(program: Scenario, most: number): Trial {
    const strategy = { kind: 'bounded', bound: this.#preemptions ?? 0 } as const;
    const explored = this.#explore(program, strategy, Math.min(most, LIMIT_OF_ONE));
    return { verdict: explored.verdict, runs: explored.interleavings };
  }

  /** Whether a scenario is violated; the first one asked about is, by the schedule there is. */
  violates(scenario: Scenario, preemptions: Preemptions): boolean {
    if (this.#preemptions === null) {
      const found = this.#findWithin(Number.POSITIVE_INFINITY, scenario, LIMIT_OF_FIRST);
      this.#keep(scenario, found ?? this.#schedule);
      return true;
    }
    const found =
      preemptions === 'any'
        ? this.#findByAnyNumber(scenario)
        : this.#findWithin(this.#preemptions - (preemptions === 'fewer' ? 1 : 0), scenario);
    if (found !== null) this.#keep(scenario, found);
    return found !== null;
  }

  #keep(scenario: Scenario, schedule: Schedule): void {
    this.#schedule = schedule;
    this.#preemptions = preemptionsOf(this.#subject, scenario, schedule);
  }

  /** A schedule of few preemptions, after one of any number: where there is none, that is cheap. */
  #findByAnyNumber(scenario: Scenario): Schedule | null {
    const found = this.#find(scenario, { kind: 'dpor' }, LIMIT_OF_ONE);
    if (found === null) return null;
    const least = fewestSwitches(this.#subject, scenario, found, this.#property);
    const bound = preemptionsOf(this.#subject, scenario, least) - 1;
    return this.#findWithin(bound, scenario) ?? least;
  }

  #findWithin(bound: number, scenario: Scenario, most = LIMIT_OF_ONE): Schedule | null {
    return bound < 0 ? null : this.#find(scenario, { kind: 'bounded', bound }, most);
  }

  #find(scenario: Scenario, strategy: Strategy, most: number): Schedule | null {
    const limit = Math.min(most, this.#limit - this.interleavings);
    if (limit <= 0) return null;
    const explored = this.#explore(scenario, strategy, limit);
    this.interleavings += explored.interleavings;
    return explored.verdict === 'violated' ? explored.schedule : null;
  }

  #explore(scenario: Scenario, strategy: Strategy, limit: number): Exploration {
    return explore(this.#subject, scenario, {
      strategy,
      properties: [this.#property],
      limit,
    });
  }
}
