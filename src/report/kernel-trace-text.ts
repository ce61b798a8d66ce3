import { HIGHEST_VPN } from '../../models/hardware/machine.ts';
import type { Expectation } from '../../models/policies/policy.ts';
import type { TraceVerdict } from '../trace/check/check-trace.ts';
import type { Finding } from '../trace/check/findings.ts';
import type { KernelTrace } from '../trace/event.ts';
import type { Replay } from '../trace/replay/replay.ts';
import type { Divergence } from '../trace/replay/tally.ts';
import { figureText, shareText } from './figure-text.ts';
import { tableText } from './table.ts';
import { eventLineText } from './trace-event-text.ts';
import { counted, grouped, wrapWords } from './words.ts';

const COLUMNS = 100;
const NANOSECONDS_PER_SECOND = 1e9;
const MILLISECONDS_PER_SECOND = 1_000;

/** Lines of the trace shown around a divergence. */
const LINES_BEFORE = 5;
const LINES_AFTER = 2;

/** How long it took, in milliseconds. */
export interface Durations {
  readonly read: number;
  readonly replay: number;
  readonly check: number;
}

/** A trace that was replayed through a policy, and judged. */
export interface TraceReport {
  readonly file: string;
  readonly trace: KernelTrace;
  readonly policy: string;
  readonly title: string;
  /** What is known of the recorded kernel. */
  readonly expected: Readonly<Record<string, Expectation>>;
  readonly replay: Replay;
  readonly verdict: TraceVerdict;
  readonly durations: Durations;
}

/** The report of `vmapcheck trace`. */
export function traceReportText(report: TraceReport): string {
  const { trace, replay } = report;
  const parts = [
    headingText(report),
    countsText(report),
    replay.first === null ? null : divergenceText(report, replay.first, trace),
    verdictText(report),
    timeText(report),
  ];
  return parts.filter((part) => part !== null).join('\n');
}

function paragraph(text: string): string {
  return `${wrapWords(text, COLUMNS, 2).join('\n')}\n`;
}

function headingText({ file, trace, policy, title, replay }: TraceReport): string {
  const { kernel, cpus } = trace.header;
  const seconds = (trace.lines.at(-1)?.time ?? 0) / NANOSECONDS_PER_SECOND;
  const machine =
    `${file}: kernel ${kernel}, ${counted(cpus, 'CPU')}, ` +
    `${grouped(replay.events)} lines up to ${seconds.toFixed(1)} s after boot`;
  const same = replay.first === null ? 'everything matches' : 'not the same';
  const cut = trace.complete
    ? ''
    : `It has no end mark: it was cut short after line ${trace.lines.length + 1}, and what would ` +
      'follow cannot be told.';
  return [machine, `Replayed through ${policy} (${title}): ${same}.`, cut]
    .filter((text) => text !== '')
    .map(paragraph)
    .join('');
}

function countsText({ replay }: TraceReport): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const table = tableText(
    [{ title: 'what' }, right('compared'), right('same'), right('share')],
    replay.counts.map(({ kind, matched, compared }) => [
      kind,
      grouped(compared),
      grouped(matched),
      matched === compared ? '100%' : shareText(matched, compared),
    ]),
    COLUMNS,
  );
  const notes = [
    `${counted(replay.openOrders, 'time')} the record leaves open which of two tasks came first, ` +
      'and the order that fits was taken.',
    `${grouped(replay.countsOutOfOrder)} values of vmap_lazy_nr were added before others that ` +
      'stand above them: they are compared in an order the record allows.',
    replay.foreignFlushes === 0
      ? ''
      : `${counted(replay.foreignFlushes, 'flush')} of other callers not compared.`,
    replay.first === null || replay.ordersTried === 0
      ? ''
      : `${counted(replay.ordersTried, 'other order')} of steps that have no line of their own ` +
        'lead no further.',
    replay.died === null ? '' : `The model stops before the end: ${replay.died}.`,
  ];
  return `${table}\n${notes
    .filter((note) => note !== '')
    .map(paragraph)
    .join('')}`;
}

function divergenceText(report: TraceReport, first: Divergence, trace: KernelTrace): string {
  const { line } = first.line;
  const at = line - 2;
  const around = trace.lines.slice(Math.max(0, at - LINES_BEFORE), at + LINES_AFTER + 1);
  const lines = around.map((one) => {
    const mark = one.line === line ? '>' : ' ';
    return `${mark}${eventLineText(one, trace.header.comm)}\n`.slice(0, COLUMNS);
  });
  return [
    `The first divergence is in line ${line}, among ${first.kind}:\n\n`,
    ...lines.map((text) => (text.endsWith('\n') ? text : `${text}\n`)),
    '\n',
    `  recorded  ${first.expected}\n`,
    `  ${report.policy.padEnd(8)}  ${first.actual}\n\n`,
    stateText(report, first),
  ].join('');
}

function stateText({ policy }: TraceReport, { state }: Divergence): string {
  const { lazyNr, lazyRanges, free, pools, underWay } = state;
  const lines = [
    `${policy} then: vmap_lazy_nr ${lazyNr}, ${counted(lazyRanges, 'lazy range')}; ` +
      `under way: ${underWay.length === 0 ? 'nothing' : underWay.join(', ')}`,
  ];
  if (free.length > 0) {
    lines.push(`free around there: ${free.map(freeText).join(' ')}`);
  }
  for (const { node, len, head } of pools) {
    lines.push(`pool of node ${node}: ${counted(len, 'area')}, first ${head.join(' ')}`);
  }
  return lines.map(paragraph).join('');
}

/** A free range; where it has no bound, it goes on for ever. */
function freeText([start, end]: readonly [number, number]): string {
  const bound = (vpn: number): string => (Math.abs(vpn) >= HIGHEST_VPN ? '' : `${vpn}`);
  return `${bound(start)}..${bound(end)}`;
}

function verdictText({ trace, verdict, expected }: TraceReport): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const table = tableText(
    [
      { title: 'what the record itself says' },
      right('looked at'),
      right('violated'),
      { title: '' },
    ],
    verdict.findings.map(({ property, checked, violations }) => [
      property,
      grouped(checked),
      grouped(violations),
      violations === 0 ? '' : knownText(expected[property]),
    ]),
    COLUMNS,
  );
  const { flushes, asked, inVmalloc, dirty } = verdict.flushes;
  const sums =
    `${grouped(flushes)} flushes ask for ${figureText(asked)} pages, ${figureText(inVmalloc)} of ` +
    'them at or above VMALLOC_START. Unmapped since they were last flushed, guard pages ' +
    'included, ' +
    `are ${figureText(dirty)} of these. At most ${grouped(verdict.lazyPeak)} pages were lazy.`;
  const evidence = verdict.findings.map((finding) => evidenceText(finding, trace)).join('');
  return `${table}\n${paragraph(sums)}${evidence}`;
}

/** Who says that the recorded kernel violates a property. */
function knownText(expectation: Expectation | undefined): string {
  return expectation?.verdict === 'violated' ? `known: ${expectation.source}` : 'not known';
}

function evidenceText({ property, evidence }: Finding, trace: KernelTrace): string {
  if (evidence === null) return '';
  const lines = evidence.lines.map((number) => {
    const line = trace.lines[number - 2];
    return line === undefined ? '' : ` ${eventLineText(line, trace.header.comm)}`;
  });
  const shown = lines.map((text) => `${text.slice(0, COLUMNS)}\n`).join('');
  return `\n${paragraph(`${property}: ${evidence.detail}`)}${shown}`;
}

function timeText({ durations, replay }: TraceReport): string {
  const { read, replay: replayed, check } = durations;
  const seconds = (milliseconds: number): string =>
    (milliseconds / MILLISECONDS_PER_SECOND).toFixed(2);
  const all = read + replayed + check;
  const rate =
    all === 0 ? '' : `, ${grouped(Math.round((replay.events * 1_000) / all))} lines a second`;
  return (
    `${seconds(all)} s: read in ${seconds(read)}, replayed in ${seconds(replayed)}, judged in ` +
    `${seconds(check)}${rate}\n`
  );
}
