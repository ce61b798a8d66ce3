import type { StressOptions, StressResult } from '../workload/contention.ts';
import { BACKLOG_SPANS } from '../workload/contention-meter.ts';
import { estimateText, figureText } from './figure-text.ts';
import { counted, wrapWords } from './words.ts';

const COLUMNS = 72;

/** Lines of the highest chart. */
const ROWS = 12;

/** Columns to the left of a chart. */
const LABEL = 10;

const VERDICTS = {
  bounded: 'the backlog is bounded',
  grows: 'the backlog grows',
  unreached: 'lazy_max_pages() is not reached: nothing can be told',
} as const;

/**
 * The backlog of each policy under stress as a chart over time, all on the same scale, with the
 * times of allocations and purges below. At most 72 columns.
 */
export function contentionText(results: readonly StressResult[]): string {
  const first = results[0];
  if (first === undefined) return '';
  const top = Math.max(...results.map(({ mostInHalves }) => Math.max(...mostInHalves)));
  const charts = results.map((result) => [
    '',
    ...wrapWords(`${result.policy}: ${VERDICTS[result.verdict]}`, COLUMNS, 2),
    ...chart(result, Math.max(top, 1) / ROWS),
    ...figures(result).flatMap((line) => wrapWords(line, COLUMNS, 2)),
  ]);
  return `${[...heading(first.options), ...charts.flat()].join('\n')}\n`;
}

function heading({ cpus, ticks, lazyMaxPages, ...options }: StressOptions): string[] {
  const text =
    `stress: the cases of test_vmalloc.sh on ${counted(cpus, 'CPU')} at once for ` +
    `${figureText(ticks)} ticks. A tick, about 0.1 us, is the way from one lock or atomic to the ` +
    `next; a node of a list takes ${options.ticksPerNode}, a page ${options.ticksPerPage}. Shown ` +
    `is the most that vmap_lazy_nr was in each ${figureText(Math.round(ticks / BACKLOG_SPANS))} ` +
    `ticks. lazy_max_pages() is ${figureText(lazyMaxPages)}; the dotted line is twice that.`;
  return wrapWords(text, COLUMNS);
}

/** One line for each `step` pages, the highest first, as many as this backlog needs. */
function chart({ backlog, options }: StressResult, step: number): string[] {
  const limit = 2 * options.lazyMaxPages;
  const most = Math.max(...backlog);
  const isLimit = (row: number): boolean => row === Math.ceil(limit / step);
  const lines: string[] = [];
  for (let row = Math.max(Math.ceil(most / step), 1); row > 0; row--) {
    const empty = isLimit(row) ? '.' : ' ';
    const cells = backlog.map((pages) => (pages > (row - 1) * step ? '#' : empty));
    const isTop = lines.length === 0;
    const label = isTop ? figureText(most) : isLimit(row) ? figureText(limit) : '';
    lines.push(`${label.padStart(LABEL)} |${cells.join('')}`.trimEnd());
  }
  lines.push(`${'0'.padStart(LABEL)} +${'-'.repeat(backlog.length)}`);
  return lines;
}

function figures(result: StressResult): string[] {
  const [first, second] = result.mostInHalves.map(figureText);
  const { allocations, meanAllocation, longestAllocation } = result;
  const { purges, longestPurge, purgingPerAllocation, complaints, death } = result;
  const lines = [
    `lazy pages: ${first} at most in the first half, ${second} in the second`,
    `alloc_vmap_area(): ${figureText(allocations)} times, on average ` +
      `${estimateText(meanAllocation)} ticks, at most ${figureText(longestAllocation)}`,
    `purges: ${figureText(purges)}, at most ${figureText(longestPurge)} ticks; ` +
      `${estimateText(purgingPerAllocation)} ticks of purging for each allocation`,
  ];
  if (death !== null) lines.push(`the machine dies before the end: ${death}`);
  return [...lines, ...[...new Set(complaints)].map((text) => `a rule is broken: ${text}`)];
}
