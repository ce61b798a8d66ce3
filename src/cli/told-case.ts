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
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { refuseTooLarge } from './case-size.ts';
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
    explanation: violation === undefined ? null : explanationOf(execution, policy, violation),
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
    try {
      const one = traceInterleaving(first.subject(), scenario, watched);
      return firstStretchDifference(one, traceInterleaving(second.subject(), scenario, watched));
    } catch (error) {
      if (!(error instanceof TurnsExpired)) throw error;
      return [`${first.name} and ${second.name} part where a ${error.message}.`];
    }
  }
  const seen = (policy: LoadedPolicy): SeenTrace => ({
    trace: traceScenario(policy.subject(), scenario, watched),
    witness: witness(policy.subject(), scenario, []),
  });
  return firstDifference(seen(first), seen(second));
}

/** Whether the property a case names is violated; if it names none, any safety property. */
export function isViolated({ one, execution }: Told): boolean {
  const { violations } = execution.trace;
  return violations.some(({ property }) => one.property !== null || property.kind === 'safety');
}

function executionOf(one: Case, policy: LoadedPolicy, which: string): ToldExecution {
  if (one.scenario.schedule === undefined) {
    const watched = one.property === null ? properties : [propertyOf(one.property)];
    const trace = traceScenario(policy.subject(), one.scenario, watched);
    return { kind: 'sequential', trace };
  }
  const watched =
    one.property === null
      ? properties.filter(({ interleaved }) => interleaved !== 'never')
      : [interleavableProperty(propertyOf(one.property).name)];
  return { kind: 'interleaved', trace: traceTurns(one, policy, watched, which) };
}

/** The property a case names. Throws Expired if there is none of this name any more. */
function propertyOf(name: string): Property {
  try {
    return propertyNamed(name);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new Expired(`the case has expired: ${error.message}`, { cause: error });
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
    throw new Expired(`${which} has expired on ${policy.name}: ${error.message}`, {
      cause: error,
    });
  }
}
