import type { KernelTrace } from '../event.ts';
import { requestsOf } from '../replay/requests.ts';
import { BacklogWatcher } from './backlog.ts';
import { BlockWatcher } from './blocks.ts';
import { type Finding, Findings } from './findings.ts';
import { type FlushSums, FlushWatcher } from './flushes.ts';
import { RecordedPages } from './recorded-pages.ts';
import { SpaceWatcher } from './space.ts';

/** What a trace says of its kernel. */
export interface TraceVerdict {
  readonly findings: readonly Finding[];
  readonly flushes: FlushSums;
  /** The most pages that were lazy. */
  readonly lazyPeak: number;
}

/** Judges what was recorded by the properties that a trace can decide, without a model. */
export function checkTrace(trace: KernelTrace): TraceVerdict {
  const findings = new Findings();
  const pages = new RecordedPages(trace);
  const { nextLine } = requestsOf(trace);
  const flushes = new FlushWatcher(pages, findings, nextLine);
  const space = new SpaceWatcher(trace.header, findings);
  const blocks = new BlockWatcher(trace.header, findings);
  const backlog = new BacklogWatcher(trace, findings, nextLine);
  for (const line of trace.lines) {
    space.take(line);
    blocks.take(line);
    if (line.code === 'snap') {
      backlog.snapshot(line);
      continue;
    }
    backlog.take(line);
    flushes.take(line);
    pages.take(line);
  }
  backlog.end();
  return { findings: findings.all(), flushes: flushes.sums, lazyPeak: backlog.peak };
}
