import type { BlockState, Trace, TraceStep } from './trace.ts';
import { COLUMNS, wrapWords } from './words.ts';

/** One column of figures: its title, and what it shows in the row of a block or of a step. */
interface Figure {
  readonly title: string;
  /** What the title stands for; null where it says it itself. */
  readonly legend: string | null;
  readonly ofBlock: (block: BlockState) => string;
  readonly ofStep: (step: TraceStep) => string;
}

const nothing = () => '';

const BLOCK_FIGURES: readonly Figure[] = [
  {
    title: 'block',
    legend: 'block: its first page, then its changed fields',
    ofBlock: ({ start }) => `${start}`,
    ofStep: nothing,
  },
  { title: 'free', legend: null, ofBlock: ({ free }) => `${free}`, ofStep: nothing },
  { title: 'dirty', legend: null, ofBlock: ({ dirty }) => `${dirty}`, ofStep: nothing },
  {
    title: 'min',
    legend: null,
    ofBlock: ({ dirtyMin }) => `${dirtyMin}`,
    ofStep: nothing,
  },
  { title: 'max', legend: null, ofBlock: ({ dirtyMax }) => `${dirtyMax}`, ofStep: nothing },
  {
    title: 'list',
    legend: 'list: its free list',
    ofBlock: ({ list }) => (list < 0 ? '-' : `cpu${list}`),
    ofStep: nothing,
  },
];
const LAZY: Figure = {
  title: 'lazy',
  legend: 'lazy: vmap_lazy_nr',
  ofBlock: nothing,
  ofStep: ({ lazy }) => `${lazy}`,
};
const STALE: Figure = {
  title: 'stale',
  legend: 'stale: unmapped pages a TLB may still hold',
  ofBlock: nothing,
  ofStep: ({ stale }) => `${stale}`,
};
const PAGES_LEGEND = 'a-b: pages a to b-1';

/**
 * The steps of a sequential execution in plain ASCII of at most 72 columns, a row for each
 * operation, and lines of their own for what it does; without `ownLines`, not where it fits beside
 * the operation. The same trace gives the same lines.
 */
export function executionLines(trace: Trace, ownLines = true): string[] {
  return table(trace, figuresOf(trace), ownLines);
}

/** What is not in the kernel's own words there, in lines of at most 72 columns. */
export function legendLines(trace: Trace): string[] {
  return wrapWords(legendOf(trace), COLUMNS, 1);
}

/** The same as rows of cells, for a table drawn by others; the operation is in the first. */
export function executionRows(trace: Trace): { titles: string[]; rows: string[][][] } {
  const figures = figuresOf(trace);
  return {
    titles: figures.map(({ title }) => title),
    rows: trace.steps.map((step) => [
      [[step.operation, step.outcome[0] ?? ''].join(' ').trimEnd(), ...detailsOf(step, true)],
      ...columnsOf(figureRows(step, figures), figures.length),
    ]),
  };
}

function columnsOf(rows: readonly string[][], count: number): string[][] {
  return Array.from({ length: count }, (_, column) => rows.map((row) => row[column] ?? ''));
}

function figuresOf({ steps }: Trace): Figure[] {
  return [
    ...(steps.some(({ blocks }) => blocks.length > 0) ? BLOCK_FIGURES : []),
    ...(steps.some(({ lazy }) => lazy !== 0) ? [LAZY] : []),
    ...(steps.some(({ stale }) => stale !== 0) ? [STALE] : []),
  ];
}

/** What is not in the kernel's own words, in parentheses; empty if there is nothing. */
export function legendOf(trace: Trace): string {
  const hasRange = trace.steps.some(({ events }) => events.some((text) => /\d-\d/.test(text)));
  const legends = figuresOf(trace).flatMap(({ legend }) => legend ?? []);
  if (hasRange) legends.unshift(PAGES_LEGEND);
  return legends.length === 0 ? '' : `(${legends.join('; ')}.)`;
}

/** The operations at the left, and beside them the figures that changed. */
function table({ steps }: Trace, figures: readonly Figure[], ownLines: boolean): string[] {
  const rows = steps.map((step) => figureRows(step, figures));
  const widths = figures.map(({ title }, column) =>
    Math.max(title.length, ...rows.flat().map((row) => row[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]): string =>
    cells.map((cell, column) => ` ${cell.padStart(widths[column] ?? 0)}`).join('');
  const left = COLUMNS - widths.reduce((sum, width) => sum + width + 1, 0);
  const numbers = `${steps.length}`.length;
  const beside = (words: string, cells: string): string => (words.padEnd(left) + cells).trimEnd();
  const lines = figures.length === 0 ? [] : [beside('', print(figures.map(({ title }) => title)))];
  steps.forEach((step, index) => {
    const cells = (rows[index] ?? []).map(print);
    const number = `${index + 1}`.padStart(numbers);
    const words = stepLines(
      ownLines ? step : inOneLine(step, left - numbers - 2),
      number,
      left,
      cells.length,
    );
    for (let i = 0; i < Math.max(words.length, cells.length); i++) {
      lines.push(beside(words[i] ?? '', cells[i] ?? ''));
    }
  });
  return lines;
}

/** A row for each block that changed; what is not of a block stands in the first. */
function figureRows(step: TraceStep, figures: readonly Figure[]): string[][] {
  const [first, ...others] = step.blocks;
  return [
    figures.map((figure) => (first ? figure.ofBlock(first) : '') + figure.ofStep(step)),
    ...others.map((block) => figures.map((figure) => figure.ofBlock(block))),
  ];
}

/** With its only event beside the operation, where that has no outcome to tell and has room. */
function inOneLine(step: TraceStep, columns: number): TraceStep {
  const [event, ...more] = step.events;
  if (event === undefined || more.length + step.outcome.length > 0) return step;
  const operation = `${step.operation} ${event}`;
  return operation.length > columns ? step : { ...step, operation, events: [] };
}

/**
 * What a step is told in: the operation in the first `columns`, then what happened. Where the
 * figures of its `rows` blocks stand beside that too, it keeps to those columns as well.
 */
function stepLines(step: TraceStep, number: string, columns: number, rows: number): string[] {
  const indent = number.length + 2;
  const [result = ''] = step.outcome;
  const lines = wrapWords(step.operation, columns - indent, 4);
  const last = `${lines.at(-1) ?? ''} ${result}`.trimEnd();
  const isShort = indent + last.length <= columns;
  const head = isShort ? [...lines.slice(0, -1), last] : lines;
  const told = detailsOf(step, isShort);
  const width = (rows > head.length ? columns : COLUMNS) - indent - 2;
  return [
    ...head.map((line, i) => (i === 0 ? number : '').padEnd(indent) + line),
    ...told
      .flatMap((text) => wrapWords(text, width, 2))
      .map((line) => `${' '.repeat(indent + 2)}${line}`),
  ];
}

/** What a step is told in besides its operation, whose first line of outcome may stand with it. */
function detailsOf({ outcome, events, blocksGone }: TraceStep, isFirstTold: boolean): string[] {
  return [
    ...outcome.slice(isFirstTold ? 1 : 0),
    ...events,
    ...blocksGone.map((start) => `block ${start} is gone`),
  ];
}
