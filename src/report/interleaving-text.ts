import { match } from 'ts-pattern';
import { type PointVisit, runnerOf, runnerText, type Until } from '../scenario/schedule.ts';
import { ordinal } from '../scenario/schedule-text.ts';
import type { InterleavingTrace, Stretch } from './interleaving-trace.ts';
import { COLUMNS, wrapWords } from './words.ts';

/** Where the shared state begins; the columns of the tasks are left of it. */
const STATE_AT = 48;
const GAP = 1;
/** From one task's column to the next at least, and where a column may begin at most. */
const LEAST_WIDTH = 2;
const LAST_COLUMN_AT = 40;
const STATE_TITLE = 'shared state';

/**
 * An interleaved execution in plain ASCII of at most 72 columns: a column for each task, what it
 * does below each other in the order of time, the point named where another task takes over, and
 * beside it the shared state that changed. The same trace gives the same lines.
 */
export function interleavingLines(trace: InterleavingTrace): string[] {
  return [
    ...headLines(trace),
    ...trace.stretches.flatMap((stretch) => stretchLines(trace, stretch)),
    '',
    ...wrapWords(legend(trace), COLUMNS, 1),
  ];
}

/** Where the column of a task begins: the more there are, the closer they stand. */
function startOf({ columns }: InterleavingTrace, task: number): number {
  const width = Math.max(LEAST_WIDTH, Math.floor(STATE_AT / columns.length));
  return Math.min(task * width, LAST_COLUMN_AT);
}

/**
 * The titles of the columns: in one line, or in two where columns are narrow; one below the other
 * where they are too narrow for that.
 */
function headLines(trace: InterleavingTrace): string[] {
  const titles = trace.columns.map(({ title }) => title);
  const room = startOf(trace, 1) - GAP;
  const parted = titles.map((title) => title.split(/ (?=on )/));
  const fit = (heads: readonly string[][]): boolean =>
    heads.every((head) => head.every((text) => text.length <= room));
  const heads = [titles.map((title) => [title]), parted].find(fit);
  if (heads === undefined) {
    const stairs = titles.map((title, task) => ' '.repeat(startOf(trace, task)) + title);
    return [...stairs, ' '.repeat(STATE_AT) + STATE_TITLE, ''];
  }
  const print = (cells: readonly string[]): string =>
    cells.reduce((line, cell, task) => line.padEnd(startOf(trace, task)) + cell, '');
  const lines = (heads[0] ?? []).map((_, row) => print(heads.map((head) => head[row] ?? '')));
  const rules = heads.map((head) => '-'.repeat(Math.max(...head.map((text) => text.length))));
  const last = lines.pop() ?? '';
  return [
    ...lines,
    last.padEnd(STATE_AT) + STATE_TITLE,
    print(rules).padEnd(STATE_AT) + '-'.repeat(STATE_TITLE.length),
  ];
}

/** A stretch in its task's column, and the state beside it wherever the line leaves room. */
function stretchLines(trace: InterleavingTrace, stretch: Stretch): string[] {
  const at = startOf(trace, stretch.task);
  const left = toldOf(stretch)
    .flatMap(({ text, indent }) => indented(text, indent, COLUMNS - at))
    .map((line) => ' '.repeat(at) + line);
  const state = stretch.changes.flatMap((text) => wrapPhrases(text, COLUMNS - STATE_AT));
  const lines: string[] = [];
  for (const line of left) {
    const hasRoom = line.length + GAP <= STATE_AT;
    lines.push(
      ((hasRoom ? line.padEnd(STATE_AT) : line) + (hasRoom ? (state.shift() ?? '') : '')).trimEnd(),
    );
  }
  return [...lines, ...state.map((line) => ' '.repeat(STATE_AT) + line)];
}

interface Told {
  readonly text: string;
  readonly indent: number;
}

function toldOf(stretch: Stretch): Told[] {
  const { operation, goesOn, events, outcome, until, violations } = stretch;
  const [result = '', ...more] = outcome ?? [];
  const isWhole = !goesOn && outcome !== null;
  const head = goesOn ? `${operation} goes on` : `${operation} ${isWhole ? result : ''}`.trimEnd();
  const returned = outcome === null ? [] : isWhole ? more : ['returns', ...outcome];
  const inner = [
    ...events,
    ...returned,
    ...(until === null ? [] : untilText(until)),
    ...violations.map(({ property }) => `<-- ${property.name} is violated`),
  ];
  return [{ text: head, indent: 0 }, ...inner.map((text) => ({ text, indent: 2 }))];
}

/** Where a call was left for another task; nothing to say between two calls. */
function untilText(until: Until): string[] {
  return match(until)
    .with({ kind: 'after' }, ({ point }) => [`-- after ${pointText(point)}`])
    .with({ kind: 'waiting' }, ({ point }) => [`-- waits at ${pointText(point)}`])
    .with({ kind: 'begins' }, () => ['-- has begun'])
    .with({ kind: 'returns' }, { kind: 'end' }, () => [])
    .exhaustive();
}

/** A point as a reader of the C source finds it: `spin_unlock(&vb->lock) in vb_free`. */
export function pointText({ text, inFunction, nth }: PointVisit): string {
  return `${text} in ${inFunction}${nth === 1 ? '' : `, ${ordinal(nth)} time`}`;
}

function indented(text: string, indent: number, columns: number): string[] {
  return wrapWords(text, columns - indent, 2).map((line) => ' '.repeat(indent) + line);
}

/** Wraps at commas: `dirty_min 0` stays together. */
function wrapPhrases(text: string, columns: number): string[] {
  const joined = text.replaceAll(/(?<![,:]) /g, '\u00a0');
  return wrapWords(joined, columns, 2).map((line) => line.replaceAll('\u00a0', ' '));
}

const LEGENDS: readonly (readonly [shows: RegExp, text: string])[] = [
  [/\d-\d/, 'Pages a-b: from a up to b, b not included'],
  [/^block/, 'block n: the vmap_block whose first page is n'],
  [/^lazy/, 'lazy: areas that wait for a purge'],
  [/^pool/, 'pool(n): flushed areas of n pages that a vmap node keeps'],
  [/^stale/, 'stale: pages unmapped that some TLB may still hold'],
];

/** What is not in the kernel's own words, as far as it occurs. */
function legend({ stretches }: InterleavingTrace): string {
  const texts = stretches.flatMap(({ changes, events }) => [...changes, ...events]);
  const words = LEGENDS.filter(([shows]) => texts.some((text) => shows.test(text)));
  return words.length === 0 ? '' : `(${words.map(([, text]) => text).join('; ')}.)`;
}

/** The operation in which a property was violated: `in vm_unmap_aliases() of task 1`. */
export function whereViolated({ stretches, scenario }: InterleavingTrace, name: string): string {
  const stretch = stretches.find(({ violations }) =>
    violations.some(({ property }) => property.name === name),
  );
  if (stretch === undefined) return 'at the end';
  return `in ${stretch.operation} of ${runnerText(runnerOf(stretch.task, scenario.tasks.length))}`;
}
