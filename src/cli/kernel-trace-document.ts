import type { TraceReport } from '../report/kernel-trace-text.ts';
import { eventLineText } from '../report/trace-event-text.ts';

/** What `vmapcheck trace --json` prints. */
export function traceReportDocument(report: TraceReport) {
  const { file, trace, policy, replay, verdict, durations } = report;
  const { kernel, cpus, nodes, lazyMaxPages, blockPages } = trace.header;
  const lineText = (number: number): string => {
    const line = trace.lines[number - 2];
    return line === undefined ? '' : eventLineText(line, trace.header.comm).trim();
  };
  const { first } = replay;
  return {
    file,
    kernel,
    machine: { cpus, nodes, lazyMaxPages, blockPages },
    complete: trace.complete,
    policy,
    lines: replay.events,
    compared: replay.counts.map(({ kind, compared, matched }) => ({
      kind,
      recorded: compared,
      same: matched,
    })),
    openOrders: replay.openOrders,
    ordersTried: replay.ordersTried,
    lazyCountsOutOfOrder: replay.countsOutOfOrder,
    flushesOfOthers: replay.foreignFlushes,
    died: replay.died,
    firstDivergence:
      first === null
        ? null
        : {
            line: first.line.line,
            kind: first.kind,
            text: lineText(first.line.line),
            recorded: first.expected,
            model: first.actual,
            state: first.state,
          },
    record: {
      properties: verdict.findings.map(({ property, checked, violations, evidence }) => ({
        property,
        checked,
        violations,
        detail: evidence?.detail ?? null,
        lines: evidence?.lines.map((line) => ({ line, text: lineText(line) })) ?? [],
      })),
      flushes: verdict.flushes,
      lazyPagesPeak: verdict.lazyPeak,
    },
    milliseconds: durations,
  };
}
