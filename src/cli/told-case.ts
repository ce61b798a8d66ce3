import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import type { Violation } from '../explore/checked-run.ts';
import { TurnsExpired } from '../explore/turns.ts';
import { executionText } from '../report/execution-text.ts';
import { interleavingText } from '../report/interleaving-text.ts';
import { type InterleavingTrace, traceInterleaving } from '../report/interleaving-trace.ts';
import { traceScenario } from '../report/trace.ts';
import type { Case } from '../scenario/case.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { refuseTooLarge } from './case-size.ts';
import { CannotTell } from './errors.ts';
import { interleavableProperty, propertyNamed } from './subjects.ts';
import { interleavingDocument, traceDocument } from './trace-document.ts';

/** What running a case gave, for people and for programs. */
export interface ToldCase {
  /** Whether the property it names is violated; if it names none, any safety property. */
  readonly isViolated: boolean;
  readonly text: string;
  readonly document: object;
}

/**
 * Runs a case on a policy: operation by operation, or by its schedule. `which`: what errors call
 * it. Throws CannotTell for a case that is too large, lacks its schedule, or has expired.
 */
export function tellCase(one: Case, policy: LoadedPolicy, which: string): ToldCase {
  const { tasks, schedule } = one.scenario;
  if (tasks.length > 1 && schedule === undefined) {
    const problem = `${which} has ${tasks.length} tasks and no schedule`;
    throw new CannotTell(`${problem}; "vmapcheck explore POLICY FILE" goes through its schedules`);
  }
  refuseTooLarge(one.scenario, which);
  if (schedule === undefined) {
    const watched = one.property === null ? properties : [propertyNamed(one.property)];
    const trace = traceScenario(policy.subject(), one.scenario, watched);
    return {
      isViolated: counts(watched, trace.violations),
      text: executionText(trace),
      document: traceDocument(trace),
    };
  }
  const watched =
    one.property === null
      ? properties.filter(({ interleaved }) => interleaved !== 'never')
      : [interleavableProperty(one.property)];
  const trace = traceTurns(one, policy, watched, which);
  return {
    isViolated: counts(watched, trace.violations),
    text: interleavingText(trace),
    document: interleavingDocument(trace),
  };
}

/** Economy violations count when asked for by name. */
function counts(watched: readonly Property[], violations: readonly Violation[]): boolean {
  const named = watched.length === 1;
  return violations.some(({ property }) => named || property.kind === 'safety');
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
    throw new CannotTell(`${which} has expired on ${policy.name}: ${error.message}`, {
      cause: error,
    });
  }
}
