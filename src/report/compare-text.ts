import { COSTS } from '../../models/hardware/arch-costs.ts';
import { ARCH_NAMES, type ArchName } from '../../models/hardware/machine.ts';
import type { Walk } from '../../models/kernel/walks.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import type { Costs } from '../workload/measure.ts';
import type { Workload } from '../workload/workload.ts';
import { estimateText, figureText, shareText } from './figure-text.ts';
import { tableText } from './table.ts';
import { wrapWords } from './words.ts';

const COLUMNS = 100;
const GAP = 2;

/** What policies cost on one workload. */
export interface Comparison {
  readonly workload: Workload;
  readonly cpus: number;
  readonly seed: number;
  /** In the order the policies were named. */
  readonly costs: readonly Costs[];
}

/** One row of the long form. */
interface Row {
  readonly title: string;
  readonly cell: (costs: Costs) => string;
  /** Left out where this is so of every policy. */
  readonly isIdle?: (costs: Costs) => boolean;
}

const figure = (title: string, of: (costs: Costs) => number): Row => ({
  title,
  cell: (costs) => figureText(of(costs)),
});

const walk = (title: string, kind: Walk['kind']): Row => ({
  title,
  cell: (costs) => longestWalk(costs, (one) => one.kind === kind),
});

const ROWS: readonly Row[] = [
  figure('flushes', ({ flush }) => flush.flushes),
  figure('pages asked for', ({ flush }) => flush.pagesAsked),
  figure('  useful (unmapped)', ({ flush }) => flush.pagesUseful),
  figure('  dirty (were mapped)', ({ flush }) => flush.pagesDirty),
  {
    title: '  dirty of asked',
    cell: ({ flush }) => shareText(flush.pagesDirty, flush.pagesAsked),
  },
  figure('IPIs, x86_64 and riscv', (costs) => archCosts(costs, 'x86_64').ipis),
  ...ARCH_NAMES.map((arch) => ({
    title: `us, ${arch}`,
    cell: (costs: Costs) => estimateText(archCosts(costs, arch).microseconds),
  })),
  figure('highest page taken', ({ space }) => space.highest),
  figure('pages taken', ({ space }) => space.taken),
  {
    title: 'lazy pages',
    cell: ({ peaks }) => (peaks === null ? '-' : figureText(peaks.lazyPages)),
  },
  figure('blocks created', (costs) => costs.blocksCreated),
  walk('longest walk, spinlock', 'spinlock'),
  walk('longest walk, mutex', 'mutex'),
  walk('longest walk, RCU', 'RCU'),
  {
    title: 'allocations refused',
    cell: ({ refused }) => figureText(refused),
    isIdle: ({ refused }) => refused === 0,
  },
];

/** What policies cost on one workload: a row for each figure, a column for each policy. */
export function compareText(comparison: Comparison): string {
  const { costs } = comparison;
  const rows = ROWS.filter(({ isIdle }) => isIdle === undefined || !costs.every(isIdle));
  const tables = inWidth(costs, rows).map((some) =>
    tableText(
      [{ title: '' }, ...some.map(({ policy }) => ({ title: policy, align: 'right' as const }))],
      rows.map(({ title, cell }) => [title, ...some.map(cell)]),
      COLUMNS,
    ),
  );
  return [heading(comparison), ...tables, ...deaths(costs), legend()].join('\n');
}

/** The policies, parted into as many as fit into one table each. */
function inWidth(costs: readonly Costs[], rows: readonly Row[]): Costs[][] {
  const left = Math.max(...rows.map(({ title }) => title.length));
  const tables: Costs[][] = [];
  let width = COLUMNS + 1;
  for (const one of costs) {
    const cells = rows.map(({ cell }) => cell(one).length);
    const column = GAP + Math.max(one.policy.length, ...cells);
    if (width + column > COLUMNS) {
      tables.push([]);
      width = left;
    }
    tables.at(-1)?.push(one);
    width += column;
  }
  return tables;
}

function heading({ workload, cpus, seed }: Comparison): string {
  const { name, prose, source } = workload;
  const machine = printMachineSpec(workload.machine(cpus));
  return [`${name}: ${prose}`, `source: ${source}`, `machine: ${machine}; seed ${seed}`]
    .flatMap((text) => wrapWords(text, COLUMNS, 2))
    .map((line) => `${line}\n`)
    .join('');
}

function deaths(costs: readonly Costs[]): string[] {
  const lines = costs.flatMap(({ policy, died }) =>
    died === null ? [] : wrapWords(`${policy}: the machine dies before the end: ${died}`, COLUMNS),
  );
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`];
}

function archCosts(costs: Costs, arch: ArchName): { ipis: number; microseconds: number } {
  const found = costs.flush.costs.find((one) => one.arch === arch);
  if (found === undefined) throw new Error(`no costs for ${arch}`);
  return found;
}

function longestWalk({ peaks }: Costs, counts: (walk: Walk) => boolean): string {
  if (peaks === null) return '-';
  return figureText(Math.max(0, ...peaks.walks.filter(counts).map(({ nodes }) => nodes)));
}

/** The figures that tell most. */
export const KEY_FIGURES: readonly Pick<Row, 'title' | 'cell'>[] = [
  figure('flushes', ({ flush }) => flush.flushes),
  figure('asked', ({ flush }) => flush.pagesAsked),
  figure('dirty', ({ flush }) => flush.pagesDirty),
  ...(['x86_64', 'arm32'] as const).map((arch) => ({
    title: `us ${arch}`,
    cell: (costs: Costs) => estimateText(archCosts(costs, arch).microseconds),
  })),
  figure('taken', ({ space }) => space.taken),
  {
    title: 'lazy',
    cell: ({ peaks }) => (peaks === null ? '-' : figureText(peaks.lazyPages)),
  },
  figure('blocks', ({ blocksCreated }) => blocksCreated),
  { title: 'walk', cell: (costs) => longestWalk(costs, () => true) },
];

/** The policies in rows, the figures that tell most in columns: for many workloads at a time. */
export function compactCompareText(comparison: Comparison): string {
  const { workload, costs } = comparison;
  const table = tableText(
    [
      { title: workload.name },
      ...KEY_FIGURES.map(({ title }) => ({ title, align: 'right' as const })),
    ],
    costs.map((one) => [one.policy, ...KEY_FIGURES.map(({ cell }) => cell(one))]),
    COLUMNS,
  );
  return [table, ...deaths(costs)].join('');
}

/** What the columns of the compact form are. */
export function compactLegend(): string {
  const columns =
    'asked, dirty: pages that flushes asked for, and those of them that a TLB may have held; ' +
    'taken, lazy: the most pages of address space taken, and lazily freed, at a time; ' +
    'walk: the most nodes of lists visited under one lock, be it a mutex or RCU. ' +
    'The long form has more: --workload NAME.';
  return `${wrapWords(columns, COLUMNS).join('\n')}\n\n${costsText()}`;
}

function legend(): string {
  const rows =
    'useful: unmapped since they were last asked for, guard pages included; dirty: those a TLB ' +
    'may have held. highest, taken, lazy: the most at a time, in pages; taken is what is busy, ' +
    'lazy or kept ready. longest walk: nodes of lists that loops visit before such a lock is let ' +
    'go of or offered to others.';
  return `${wrapWords(rows, COLUMNS).join('\n')}\n\n${costsText()}`;
}

/** Which figures the microseconds rest on, and who says so. */
function costsText(): string {
  const figures = Object.entries(COSTS);
  const measured = figures
    .filter(([, { basis }]) => basis === 'measured')
    .map(([name, { nanoseconds, source }]) => `${name} ${nanoseconds} ns (${source})`);
  const assumed = figures
    .filter(([, { basis }]) => basis === 'assumed')
    .map(([name, { nanoseconds }]) => `${name} ${nanoseconds} ns`);
  return [
    'us: estimated microseconds of all flushes together, for comparing policies on one ' +
      'architecture, never architectures.',
    `Measured by somebody: ${measured.join('; ')}.`,
    `Assumed, for want of a figure: ${assumed.join(', ')}.`,
  ]
    .flatMap((text) => wrapWords(text, COLUMNS, 2))
    .map((line) => `${line}\n`)
    .join('');
}
