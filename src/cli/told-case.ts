import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import type { Violation } from '../explore/checked-run.ts';
import { TurnsExpired } from '../explore/turns.ts';
import { explain } from '../report/explain/explain.ts';
import { explainInterleaved } from '../report/explain/explain-interleaved.ts';
import {
  firstDifference,
  firstStretchDifference,
  type SeenTrace,
} from '../report/explain/first-difference.ts';
import { witness } from '../report/explain/witness.ts';
import { type InterleavingTrace, traceInterleaving } from '../report/interleaving-trace.ts';
import type { Told, ToldExecution } from '../report/told.ts';
import { traceScenario } from '../report/trace.ts';
import { wrapWords } from '../report/words.ts';
import type { Case } from '../scenario/case.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { isLarge, refuseTooLarge } from './case-size.ts';
import { CannotTell, Expired, UsageError } from './errors.ts';
import { interleavableProperty, propertyNamed } from './subjects.ts';

/** Columns that `observed` leaves of the 72 of a mail. */
export const OBSERVED_COLUMNS = 62;

/**
 * Runs a case on a policy: operation by operation, or by its schedule. `which`: what errors call
 * it. Throws CannotTell for a case that is too large, lacks its schedule, or has expired.
 */
export function tellCase(one: Case, policy: LoadedPolicy, which: string): Told {
  const { tasks, schedule } = one.scenario;
  if (tasks.length > 1 && schedule === undefined) {
    const problem = `${which} has ${tasks.length} tasks and no schedule`;
    throw new CannotTell(`${problem}; "vmapcheck explore POLICY FILE" goes through its schedules`);
  }
  refuseTooLarge(one.scenario, which);
  const execution = executionOf(one, policy, which);
  const [violation] = execution.trace.violations;
  return {
    one: asItRan(one, policy, violation),
    execution,
    explanation:
      violation === undefined || isLarge(one.scenario)
        ? null
        : explanationOf(execution, policy, violation),
    differences: [],
  };
}

/** Where two policies part in the scenario of a case that was told, in lines. */
export function differencesBetween(
  { execution }: Told,
  first: LoadedPolicy,
  second: LoadedPolicy,
): string[] {
  const { kind, trace } = execution;
  const { scenario, properties: watched } = trace;
  if (kind === 'interleaved') {
    const one = tracedOn(first, scenario, watched);
    const other = tracedOn(second, scenario, watched);
    if (typeof one === 'string') return [`${first.name} and ${second.name} part: ${one}.`];
    if (typeof other === 'string') return [`${first.name} and ${second.name} part: ${other}.`];
    return firstStretchDifference(one, other);
  }
  const seen = (policy: LoadedPolicy): SeenTrace => ({
    trace: traceScenario(policy.subject(), scenario, watched),
    witness: witness(policy.subject(), scenario, []),
  });
  return firstDifference(seen(first), seen(second));
}

/** A run by a schedule; or why the policy cannot follow it. */
function tracedOn(
  policy: LoadedPolicy,
  scenario: Scenario,
  watched: readonly Property[],
): InterleavingTrace | string {
  try {
    return traceInterleaving(policy.subject(), scenario, watched);
  } catch (error) {
    if (error instanceof TurnsExpired) return `on ${policy.name} ${error.message}`;
    throw error;
  }
}

/** Whether the property a case names is violated; if it names none, any safety property. */
export function isViolated({ one, execution }: Told): boolean {
  const { violations } = execution.trace;
  return violations.some(({ property }) => one.property !== null || property.kind === 'safety');
}

function executionOf(one: Case, policy: LoadedPolicy, which: string): ToldExecution {
  if (one.scenario.schedule === undefined) {
    const watched = one.property === null ? properties : [propertyOf(one.property, which)];
    const trace = traceScenario(policy.subject(), one.scenario, watched);
    return { kind: 'sequential', trace };
  }
  const watched =
    one.property === null
      ? properties.filter(({ interleaved }) => interleaved !== 'never')
      : [interleavedPropertyOf(one.property, which)];
  return { kind: 'interleaved', trace: traceTurns(one, policy, watched, which) };
}

/** The property a case names. Throws Expired if there is none of this name any more. */
function propertyOf(name: string, which: string): Property {
  try {
    return propertyNamed(name);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new Expired(which, '', error.message, { cause: error });
  }
}

/** The same for a case of several tasks. Throws a UsageError if it has no meaning then. */
function interleavedPropertyOf(name: string, which: string): Property {
  const { name: known } = propertyOf(name, which);
  try {
    return interleavableProperty(known);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${which}: ${error.message}`, { cause: error });
  }
}

function explanationOf(
  { kind, trace }: ToldExecution,
  policy: LoadedPolicy,
  { property }: Violation,
) {
  return kind === 'sequential'
    ? explain(policy.subject(), trace.scenario, property)
    : explainInterleaved(policy.subject(), trace, property);
}

/** What was claimed of another policy, or was not seen again, is not claimed any more. */
function asItRan(one: Case, policy: LoadedPolicy, violation: Violation | undefined): Case {
  const isSame = one.policy === policy.name && violation !== undefined;
  const isNamed = one.property !== null && violation !== undefined;
  return {
    ...one,
    policy: policy.name,
    observed: isNamed ? wrapWords(violation.detail, OBSERVED_COLUMNS) : [],
    certificate: isSame ? one.certificate : [],
  };
}

function traceTurns(
  one: Case,
  policy: LoadedPolicy,
  watched: readonly Property[],
  which: string,
): InterleavingTrace {
  try {
    return traceInterleaving(policy.subject(), one.scenario, watched);
  } catch (error) {
    if (!(error instanceof TurnsExpired)) throw error;
    throw new Expired(which, ` on ${policy.name}`, error.message, { cause: error });
  }
}
