import type { Property } from '../../../properties/property.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Subject } from '../../subject/port.ts';
import { whySentences } from './stories.ts';
import { type Without, withoutEach } from './without.ts';
import { witness } from './witness.ts';

/** Why a property is violated, from the execution itself. */
export interface Explanation {
  readonly property: Property;
  /** Sentences: which page, which flush, which kernel function. */
  readonly why: readonly string[];
  /** What each operation is needed for. Empty where there are too many to leave each out. */
  readonly without: readonly Without[];
}

/** Longer scenarios are no counterexamples yet: leaving out each operation would take too long. */
const MOST_LEFT_OUT = 24;
/** And from here on so would taking down every function call. */
const MOST_OPERATIONS = 500;

/**
 * Explains the first violation of a property by a sequential scenario; null if there is none, or
 * the scenario is so long that it would take minutes.
 * Throws RangeError for a scenario of more than one task.
 */
export function explain(
  subject: Subject,
  scenario: Scenario,
  property: Property,
): Explanation | null {
  if ((scenario.tasks[0]?.operations.length ?? 0) > MOST_OPERATIONS) return null;
  const seen = witness(subject, scenario, [property]);
  const { violation } = seen;
  if (violation === null) return null;
  const why = whySentences(seen, violation);
  const isShort = seen.steps.length <= MOST_LEFT_OUT;
  const without = isShort ? withoutEach(subject, scenario, property, violation.at) : [];
  return { property, why, without };
}
