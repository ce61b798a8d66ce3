import { interleavedProperties, properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import type { StoredCase } from '../counterexample/store.ts';
import { type BetweenTasksReport, violatedBetweenTasks } from '../explore/between-tasks.ts';
import type { Verdict } from '../explore/check.ts';
import { checkPolicy } from '../explore/check-policy.ts';
import type { Schedule } from '../explore/explorer.ts';
import { violationOf } from '../explore/run-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { type Costs, measure } from '../workload/measure.ts';
import type { Workload } from '../workload/workload.ts';
import { type SavedVerdicts, savedVerdicts } from './saved-cases.ts';

/** The same of both policies. */
export interface Pair<T> {
  readonly base: T;
  readonly candidate: T;
}

/** Whether each of the two violates a property, and a scenario in which the candidate does. */
interface ReviewedVerdict extends Pair<boolean> {
  readonly property: Property;
  readonly scenario: Scenario | null;
}

/** What sets a candidate apart from the policy that it changes. */
export interface Review {
  readonly base: LoadedPolicy;
  readonly candidate: LoadedPolicy;
  /** For each property, whether it is violated by one task at a time. */
  readonly verdicts: readonly ReviewedVerdict[];
  /** What programs of two tasks show. */
  readonly betweenTasks: Pair<BetweenTasksReport>;
  readonly saved: readonly SavedVerdicts[];
  readonly costs: readonly (Pair<Costs> & { readonly workload: Workload })[];
}

export interface ReviewOptions {
  /** Scenarios to generate for each policy. */
  readonly runs: number;
  readonly maxOps: number;
  readonly seed: number;
  readonly saved: readonly StoredCase[];
  readonly workloads: readonly Workload[];
  /** Called when so many of `REVIEW_STEPS` are done. */
  readonly onStep: (done: number) => void;
}

/** What `reviewPolicy` does one after the other. */
export const REVIEW_STEPS = 4;

/** Holds a candidate against the policy it changes, by everything the tool has. Deterministic. */
export function reviewPolicy(
  base: LoadedPolicy,
  candidate: LoadedPolicy,
  { runs, maxOps, seed, saved, workloads, onStep }: ReviewOptions,
): Review {
  const generated = { properties, runs, maxOps, seed, machine: {}, shrink: false };
  const ofBase = checkPolicy(base.subject(), generated).verdicts;
  const ofCandidate = checkPolicy(candidate.subject(), generated).verdicts;
  onStep(1);
  const betweenTasks = {
    base: violatedBetweenTasks(base.subject(), interleavedProperties),
    candidate: violatedBetweenTasks(candidate.subject(), interleavedProperties),
  };
  onStep(2);
  const savedPairs = savedVerdicts(saved, base.subject(), candidate.subject());
  onStep(3);
  const costs = workloads.map((workload) => {
    const measured = (policy: LoadedPolicy): Costs =>
      measure(policy.subject(), workload, { cpus: workload.cpus, seed });
    return { workload, base: measured(base), candidate: measured(candidate) };
  });
  onStep(4);
  return {
    base,
    candidate,
    verdicts: properties.map((property, index) => ({
      property,
      scenario: scenarioOf(ofCandidate[index]),
      ...violatedBy(base, candidate, ofBase[index], ofCandidate[index]),
    })),
    betweenTasks,
    saved: savedPairs,
    costs,
  };
}

/**
 * Which of the two violates a property. A scenario that violates it on one is run on the other too,
 * and what is known of the base counts: that a short check met it on one only is no difference.
 */
function violatedBy(
  base: LoadedPolicy,
  candidate: LoadedPolicy,
  ofBase?: Verdict,
  ofCandidate?: Verdict,
): Pair<boolean> {
  if (ofCandidate?.verdict === 'violated') {
    const { name } = ofCandidate.property;
    const isKnown = base.expected[name]?.verdict === 'violated';
    return { base: isKnown || isViolated(base, ofBase, ofCandidate), candidate: true };
  }
  const violates = ofBase?.verdict === 'violated';
  return { base: violates, candidate: violates && isViolated(candidate, ofCandidate, ofBase) };
}

function scenarioOf(verdict?: Verdict): Scenario | null {
  return verdict?.verdict === 'violated' ? verdict.scenario : null;
}

function isViolated(policy: LoadedPolicy, own?: Verdict, other?: Verdict): boolean {
  if (own?.verdict === 'violated') return true;
  if (other?.verdict !== 'violated') return false;
  return violationOf(policy.subject(), other.scenario, other.property) !== null;
}

/** Where a review looks for violations. */
const PLACES = ['one task at a time', 'two tasks', 'saved cases'] as const;

/** A property that one of the two violates somewhere and the other one does not. */
export interface Change {
  readonly property: string;
  readonly place: (typeof PLACES)[number];
}

/** What the candidate violates and the base does not, and the other way round, place by place. */
export function changes(review: Review): {
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
} {
  const missing = (from: keyof Pair<unknown>, to: keyof Pair<unknown>): Change[] =>
    PLACES.flatMap((place) => {
      const there = new Set(violated(review, to, place));
      const here = new Set(violated(review, from, place));
      return [...here].filter((name) => !there.has(name)).map((property) => ({ property, place }));
    });
  return { worse: missing('candidate', 'base'), better: missing('base', 'candidate') };
}

/** A scenario in which the candidate violates a property; with several tasks, and a schedule. */
export interface Evidence {
  readonly property: Property;
  readonly scenario: Scenario;
  /** Null: one task suffices. */
  readonly schedule: Schedule | null;
}

/** For each property that is worse somewhere, where it is seen most simply. */
export function evidence(review: Review): Evidence[] {
  const { worse } = changes(review);
  return properties.flatMap((property): Evidence[] => {
    const change = worse.find((one) => one.property === property.name);
    if (change === undefined) return [];
    if (change.place === 'two tasks') {
      return review.betweenTasks.candidate.violated.filter((one) => one.property === property);
    }
    const scenario =
      change.place === 'one task at a time'
        ? review.verdicts.find((one) => one.property === property)?.scenario
        : review.saved.find((one) => one.property === property.name && one.candidate)?.scenario;
    return scenario ? [{ property, scenario, schedule: null }] : [];
  });
}

function violated(
  { verdicts, betweenTasks, saved }: Review,
  side: keyof Pair<unknown>,
  place: Change['place'],
): string[] {
  switch (place) {
    case 'one task at a time':
      return verdicts.filter((pair) => pair[side]).map(({ property }) => property.name);
    case 'two tasks':
      return betweenTasks[side].violated.map(({ property }) => property.name);
    case 'saved cases':
      return saved.filter((pair) => pair[side]).map(({ property }) => property);
  }
}
