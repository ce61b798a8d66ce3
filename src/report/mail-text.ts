import type { Violation } from '../explore/checked-run.ts';
import { printCase } from '../scenario/case-print.ts';
import { executionLines, legendLines } from './execution-text.ts';
import { explanationLines } from './explain/explanation-text.ts';
import { interleavingLines, whereViolated } from './interleaving-text.ts';
import { observations, promiseText, type Told, type ToldExecution } from './told.ts';
import { COLUMNS, wrapWords } from './words.ts';

/** What a case should not be longer than, if that can be had: a screen of an old terminal. */
const MOST_LINES = 40;

/** What can be left out for a case to fit: it says nothing of this one case. */
interface Extras {
  readonly legend: boolean;
  readonly promise: boolean;
}

/**
 * A case that has run as plain ASCII of at most 72 columns, to be sent as it is: the case itself,
 * what happened, why, and the verdict. The same case gives the same text. If it is sequential and
 * as little as that makes it fit 40 lines, what the listing and the property mean is left out.
 */
export function mailText(told: Told): string {
  const all = textWith(told, { legend: true, promise: true });
  if (told.execution.kind === 'interleaved' || told.one.observed.length === 0) return all;
  const brief = [
    all,
    textWith(told, { legend: false, promise: true }),
    textWith(told, { legend: false, promise: false }),
  ];
  return brief.find((text) => text.split('\n').length - 1 <= MOST_LINES) ?? all;
}

function textWith(told: Told, { legend, promise }: Extras): string {
  const { one, execution, explanation, differences } = told;
  const { violations } = execution.trace;
  const listing =
    execution.kind === 'sequential'
      ? [...executionLines(execution.trace), ...(legend ? legendLines(execution.trace) : [])]
      : interleavingLines(execution.trace);
  const why = [
    ...violations.flatMap((violation) =>
      promise ? violationLines(one.observed, execution, violation) : [],
    ),
    ...(explanation === null ? [] : explanationLines(explanation, COLUMNS)),
  ];
  const parts = [
    listing,
    why,
    differences.flatMap((text) => wrapWords(text, COLUMNS, 2)),
    observations(told).flatMap((text) => wrapWords(text, COLUMNS, 2)),
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n').trimEnd());
  return `${printCase(one)}\n${text.join('\n\n')}\n`;
}

/** The promise, and how it is broken where the case does not say so itself. */
function violationLines(
  observed: readonly string[],
  execution: ToldExecution,
  violation: Violation,
): string[] {
  const promise = wrapWords(promiseText(violation), COLUMNS, 2);
  if (observed.length > 0) return promise;
  const broken = `Violated ${whereText(execution, violation)}: ${violation.detail}.`;
  return [...promise, ...wrapWords(broken, COLUMNS, 2)];
}

function whereText({ kind, trace }: ToldExecution, { property }: Violation): string {
  if (kind === 'interleaved') return whereViolated(trace, property.name);
  const at = trace.steps.findIndex((s) => s.violations.some((v) => v.property === property));
  return `in operation ${at + 1}`;
}
