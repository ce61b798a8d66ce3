import type { Violation } from '../explore/checked-run.ts';
import { machineWords } from './machine-words.ts';
import type { BlockState, Trace, TraceStep } from './trace.ts';
import { counted, wrapWords } from './words.ts';

/** What fits a mail and can still be quoted in one. */
const COLUMNS = 72;

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
    legend: 'block: first page of the vmap_block whose fields follow, where they changed',
    ofBlock: ({ start }) => `${start}`,
    ofStep: nothing,
  },
  { title: 'free', legend: null, ofBlock: ({ free }) => `${free}`, ofStep: nothing },
  { title: 'dirty', legend: null, ofBlock: ({ dirty }) => `${dirty}`, ofStep: nothing },
  {
    title: 'min',
    legend: 'min, max: dirty_min, dirty_max',
    ofBlock: ({ dirtyMin }) => `${dirtyMin}`,
    ofStep: nothing,
  },
  { title: 'max', legend: null, ofBlock: ({ dirtyMax }) => `${dirtyMax}`, ofStep: nothing },
  {
    title: 'list',
    legend: 'list: the CPU whose free list it is on',
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
  legend: 'stale: pages unmapped that some TLB may still hold',
  ofBlock: nothing,
  ofStep: ({ stale }) => `${stale}`,
};
const PAGES_LEGEND = 'Pages a-b: from a up to b, b not included';

/**
 * A sequential execution in plain ASCII of at most 72 columns: the machine, a row for each
 * operation, what was violated and, last, a line for each property that says so in short. The same
 * trace gives the same text.
 */
export function executionText(trace: Trace): string {
  const { policy, scenario } = trace;
  const figures = figuresOf(trace);
  const cpu = scenario.tasks[0]?.cpu ?? 0;
  return [
    ...wrapWords(`${policy}: ${machineWords(scenario.machine)}; task on cpu${cpu}`, COLUMNS, 2),
    '',
    ...table(trace, figures),
    '',
    ...legendLines(trace, figures),
    ...trace.violations.flatMap((violation) => [...violationLines(trace, violation), '']),
    ...observationLines(trace),
    '',
  ].join('\n');
}

function figuresOf({ steps }: Trace): Figure[] {
  return [
    ...(steps.some(({ blocks }) => blocks.length > 0) ? BLOCK_FIGURES : []),
    ...(steps.some(({ lazy }) => lazy !== 0) ? [LAZY] : []),
    ...(steps.some(({ stale }) => stale !== 0) ? [STALE] : []),
  ];
}

function legendLines({ steps }: Trace, figures: readonly Figure[]): string[] {
  const hasRange = steps.some(({ events }) => events.some((text) => /\d-\d/.test(text)));
  const legends = figures.flatMap(({ legend }) => legend ?? []);
  if (hasRange) legends.unshift(PAGES_LEGEND);
  return legends.length === 0 ? [] : [...wrapWords(`(${legends.join('; ')}.)`, COLUMNS, 1), ''];
}

/** The operations at the left, and beside them the figures that changed. */
function table({ steps }: Trace, figures: readonly Figure[]): string[] {
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
    const words = stepLines(step, `${index + 1}`.padStart(numbers), left, cells.length);
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

/**
 * What a step is told in: the operation in the first `columns`, then what happened. Where the
 * figures of its `rows` blocks stand beside that too, it keeps to those columns as well.
 */
function stepLines(step: TraceStep, number: string, columns: number, rows: number): string[] {
  const indent = number.length + 2;
  const [result = '', ...more] = step.outcome;
  const whole = `${step.operation} ${result}`.trimEnd();
  const isShort = indent + whole.length <= columns;
  const head = isShort ? [whole] : wrapWords(step.operation, columns - indent, 4);
  const told = [
    ...(isShort ? more : step.outcome),
    ...step.events,
    ...step.blocksGone.map((start) => `block ${start} is gone`),
  ];
  const width = (rows > head.length ? columns : COLUMNS) - indent - 2;
  return [
    ...head.map((line, i) => (i === 0 ? number : '').padEnd(indent) + line),
    ...told
      .flatMap((text) => wrapWords(text, width, 2))
      .map((line) => `${' '.repeat(indent + 2)}${line}`),
  ];
}

function violationLines(trace: Trace, { property, detail }: Violation): string[] {
  const at = stepOf(trace, property.name);
  return [
    ...wrapWords(`${property.name}: ${property.prose}`, COLUMNS, 2),
    ...wrapWords(`Violated in operation ${at}: ${detail}.`, COLUMNS, 2),
  ];
}

function stepOf({ steps }: Trace, property: string): number {
  return 1 + steps.findIndex((s) => s.violations.some((v) => v.property.name === property));
}

function observationLines({ properties, steps, violations }: Trace): string[] {
  const length = `in ${counted(steps.length, 'operation')}`;
  const lines = violations.map(({ property }) => `${property.name}: violated, ${length}`);
  if (violations.length === 0) {
    const [only, ...others] = properties;
    const all = `all ${properties.length} properties: hold`;
    lines.push(`${others.length === 0 ? `${only?.name}: holds` : all}, ${length}`);
  }
  return lines.map((line) => `Observation ${line}`);
}
