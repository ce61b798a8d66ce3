import { printCase } from '../scenario/case-print.ts';
import { executionRows, legendOf } from './execution-text.ts';
import { interleavingLines } from './interleaving-text.ts';
import { observations, promiseText, type Told } from './told.ts';
import type { Trace } from './trace.ts';

/**
 * A case that has run as Markdown, for a bug tracker: the case in a block that can be copied out,
 * a table of what happened, why, and the verdict. The same case gives the same text.
 */
export function markdownText(told: Told): string {
  const { one, execution, explanation, differences } = told;
  const listing =
    execution.kind === 'sequential'
      ? [...tableLines(execution.trace), '', ...paragraph(legendOf(execution.trace))]
      : fenced(interleavingLines(execution.trace).join('\n').trimEnd());
  const why = [
    ...execution.trace.violations.map(promiseText),
    ...(explanation?.why ?? []),
    ...(explanation?.without ?? []).map(({ what, instead }) => `${what}: ${instead}.`),
  ];
  const parts = [
    fenced(printCase(one).trimEnd()),
    listing,
    why.map((text) => `- ${escaped(text)}`),
    differences.length === 0 ? [] : fenced(differences.join('\n')),
    observations(told).map((text) => `**${escaped(text)}**`),
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n').trimEnd());
  return `${text.join('\n\n')}\n`;
}

function fenced(text: string): string[] {
  return ['```', text, '```'];
}

function paragraph(text: string): string[] {
  return text === '' ? [] : [escaped(text)];
}

function tableLines(trace: Trace): string[] {
  const { titles, rows } = executionRows(trace);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['', 'operation', ...titles]),
    row(['--:', '---', ...titles.map(() => '--:')]),
    ...rows.map(([operation = [], ...figures], index) => {
      const [call = '', ...details] = operation.map(escaped);
      const cell = [`\`${operation[0] ?? call}\``, ...details].join('<br>');
      const texts = figures.map((lines) => lines.map(escaped).join('<br>'));
      return row([`${index + 1}`, cell.replaceAll('|', '\\|'), ...texts]);
    }),
  ];
}

/** What Markdown would read as its own marks stands for itself. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_<>|[\]]/g, (mark) => `\\${mark}`);
}
