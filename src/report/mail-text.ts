import type { Violation } from '../explore/checked-run.ts';
import { printCase } from '../scenario/case-print.ts';
import { executionLines, legendLines } from './execution-text.ts';
import { explanationLines } from './explain/explanation-text.ts';
import { interleavingLines, whereViolated } from './interleaving-text.ts';
import { observations, promiseText, type Told, type ToldExecution } from './told.ts';
import { COLUMNS, wrapWords } from './words.ts';

/** What a case should not be longer than, if that can be had: a screen of an old terminal. */
const MOST_LINES = 40;

/** What can be left out for a case to fit: first what says nothing of this one case. */
interface Extras {
  readonly legend: boolean;
  readonly promise: boolean;
  /** What each operation is there for, or only that it is needed. */
  readonly reasons: boolean;
  /** A line for each thing an operation does, or none where it fits beside the operation. */
  readonly lines: boolean;
}

/** The least that is left out comes first. */
const EXTRAS: readonly Extras[] = [
  { legend: true, promise: true, reasons: true, lines: true },
  { legend: false, promise: true, reasons: true, lines: true },
  { legend: false, promise: false, reasons: true, lines: true },
  { legend: false, promise: true, reasons: true, lines: false },
  { legend: false, promise: false, reasons: true, lines: false },
  { legend: false, promise: false, reasons: false, lines: false },
];

/**
 * A case that has run as plain ASCII of at most 72 columns, to be sent as it is: the case itself,
 * what happened, why, and the verdict. The same case gives the same text. If it is sequential and
 * that makes it fit 40 lines, some of what it says is left out, as little as will do.
 */
export function mailText(told: Told): string {
  const [most, ...fewer] = EXTRAS.map((extras) => () => textWith(told, extras));
  const all = most?.() ?? '';
  if (told.execution.kind === 'interleaved' || told.one.observed.length === 0) return all;
  const fits = (text: string): boolean => text.split('\n').length - 1 <= MOST_LINES;
  if (fits(all)) return all;
  for (const text of fewer) {
    const brief = text();
    if (fits(brief)) return brief;
  }
  return all;
}

function textWith(told: Told, { legend, promise, reasons, lines }: Extras): string {
  const { one, execution, explanation, differences } = told;
  const { violations } = execution.trace;
  const listing =
    execution.kind === 'sequential'
      ? [...executionLines(execution.trace, lines), ...(legend ? legendLines(execution.trace) : [])]
      : interleavingLines(execution.trace);
  const why = [
    ...violations.flatMap((violation) =>
      promise ? violationLines(one.observed, execution, violation) : [],
    ),
    ...(explanation === null ? [] : explanationLines(explanation, COLUMNS, !reasons)),
  ];
  const parts = [
    listing,
    why,
    differences.flatMap((text) => wrapWords(text, COLUMNS, 2)),
    observations(told).flatMap((text) => wrapWords(text, COLUMNS, 2)),
  ];
  const text = parts.filter((part) => part.length > 0).map((part) => part.join('\n').trimEnd());
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
