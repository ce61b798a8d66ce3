import type { Conformance } from '../explore/conformance.ts';
import type { ConformanceCoverage } from '../explore/conformance-coverage.ts';
import { counted, grouped, wrapWords } from './words.ts';

/** What fits a mail and can still be quoted in one. */
const COLUMNS = 72;
const LABEL_COLUMNS = 11;

/** What holding two policies against each other came to, and what was reached on the way. */
export function conformanceText(
  [first, second]: readonly [string, string],
  seed: number,
  { coverage, difference }: Conformance,
): string {
  const verdict = difference === null ? 'the same in' : 'not the same, after';
  const ran =
    `${grouped(coverage.total)} operations on ` +
    `${counted(coverage.machines, 'machine').replace(/^\d+/, grouped(coverage.machines))}`;
  const heading = `${first} and ${second}: ${verdict} ${ran}, seed ${seed}`;
  const lines = wrapWords(heading, COLUMNS, 2);
  // Of a run that ended early it says nothing what was reached.
  if (difference === null) lines.push('', ...coverageLines(coverage));
  return `${lines.join('\n')}\n`;
}

function coverageLines(coverage: ConformanceCoverage): string[] {
  const never = coverage.neverReached();
  return [
    ...labelled('blocks', countsText(byNumber(coverage.blocks))),
    ...labelled('CPUs', countsText(byNumber(coverage.cpus))),
    ...labelled('vmalloc', `up to ${countsText(byNumber(coverage.spaces))}`),
    ...labelled('operations', countsText(coverage.operations)),
    ...labelled('failures', countsText(coverage.failures)),
    ...labelled('events', countsText(coverage.events)),
    ...labelled('passed', countsText(new Map([...coverage.tracepoints].sort()))),
    ...labelled('never', never.length === 0 ? 'nothing that is looked for' : never.join(', ')),
  ];
}

function byNumber(counts: ReadonlyMap<number, number>): Map<string, number> {
  const inOrder = [...counts].sort(([a], [b]) => a - b);
  return new Map(inOrder.map(([key, count]) => [grouped(key), count]));
}

function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([key, count]) => `${key}: ${grouped(count)}`).join('; ');
}

/** A label and its text, wrapped into the columns beside it. */
function labelled(label: string, text: string): string[] {
  const lines = wrapWords(text, COLUMNS - LABEL_COLUMNS);
  return lines.map((line, at) => (at === 0 ? label : '').padEnd(LABEL_COLUMNS) + line);
}
