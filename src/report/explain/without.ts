import type { Property } from '../../../properties/property.ts';
import { assignedArea, usedArea } from '../../scenario/names.ts';
import type { Operation } from '../../scenario/operation.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Subject } from '../../subject/port.ts';
import { type Trace, type TraceStep, traceScenario } from '../trace.ts';
import { orText } from '../words.ts';

/** What happens where something is left out, and all that needs what it allocates. */
export interface Without {
  /** `Without 1, 2 or 3`: leaving out any of them comes to the same. */
  readonly what: string;
  /** These, one by one. */
  readonly each: readonly string[];
  /** What is to be seen then, instead of the violation. */
  readonly instead: string;
}

/** What happens instead, if what is left out is not needed. */
export const ALL_THE_SAME = 'violated all the same';

/**
 * Leaves out each operation of a violating scenario in turn, but for the one that violates, and
 * runs what remains. `at`: index of the operation in which the property is violated.
 */
export function withoutEach(
  subject: Subject,
  scenario: Scenario,
  property: Property,
  at: number,
): Without[] {
  const [task] = scenario.tasks;
  if (task === undefined) return [];
  const { operations } = task;
  const whole = traceScenario(subject, scenario, [property]);
  const byText = new Map<string, string[]>();
  for (let index = 0; index < at; index++) {
    const gone = new Set([index, ...dependentsOf(operations, index)]);
    const kept = [...operations.keys()].filter((one) => !gone.has(one));
    const rest = { ...task, operations: kept.flatMap((one) => operations[one] ?? []) };
    const trace = traceScenario(subject, { ...scenario, tasks: [rest] }, [property]);
    const text = insteadText(whole, trace, { at, kept, area: areaOf(operations[index]) });
    byText.set(text, [...(byText.get(text) ?? []), `${index + 1}`]);
  }
  return [...byText].map(([instead, each]) => ({
    what: `Without ${orText(each)}`,
    each,
    instead,
  }));
}

/** The operations that name the area which one of them allocates. */
function dependentsOf(operations: readonly Operation[], index: number): number[] {
  const area = areaOf(operations[index]);
  if (area === null) return [];
  return [...operations.keys()].filter((other) => {
    const user = operations[other];
    return other > index && user !== undefined && usedArea(user) === area;
  });
}

function areaOf(operation: Operation | undefined): string | null {
  return operation === undefined ? null : assignedArea(operation);
}

interface Left {
  /** Index of the operation in which the property is violated. */
  readonly at: number;
  /** The operations that are left, by their index in the whole scenario. */
  readonly kept: readonly number[];
  /** The area that is not allocated, if that was left out. */
  readonly area: string | null;
}

/** What the judged operation does in `rest` that it did not do in the whole. */
function insteadText(whole: Trace, rest: Trace, { at, kept, area }: Left): string {
  if (rest.violations.length > 0) return ALL_THE_SAME;
  const judged = rest.steps[kept.indexOf(at)];
  const before = whole.steps[at];
  if (judged === undefined || before === undefined) return `there is no ${area}`;
  const call = callName(judged);
  const isClean = (rest.steps[kept.indexOf(at) - 1]?.stale ?? 0) === 0;
  const wasStale = (whole.steps[at - 1]?.stale ?? 0) > 0;
  if (isClean && wasStale) return `no page is stale when ${call} is called`;
  return `${call} ${differenceText(before, judged)}`;
}

/** What a step does that the other did not: its outcome, its events, or what it leaves behind. */
function differenceText(before: TraceStep, after: TraceStep): string {
  const [outcome = ''] = after.outcome;
  if (before.outcome.join() !== after.outcome.join()) return outcome.replace(/^->/, 'returns');
  if (before.events.join() !== after.events.join()) return eventsText(after.events);
  const [gone] = before.blocksGone;
  if (gone !== undefined && after.blocksGone.length === 0) return `keeps block ${gone}`;
  return 'does the same, as it may then';
}

function eventsText(events: readonly string[]): string {
  if (events.length === 0) return 'touches no page';
  return events
    .map((text) => text.replace(/^flush /, 'flushes ').replace('no flush', 'makes no flush'))
    .join(', ');
}

/** The call without its area: `vmalloc(1)`. */
function callName({ operation }: TraceStep): string {
  return operation.replace(/^\w+ = /, '');
}
