import { AreaLedger, type LedgerArea } from '../../trace/area-ledger.ts';
import { RecordedPages } from '../../trace/check/recorded-pages.ts';
import type { KernelTrace } from '../../trace/event.ts';

/** One flush of a trace. */
export interface FlushMark {
  /** Where it stands among the lines, 0 to 1. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** Ranges of it that were unmapped and not flushed since, start, end, ... */
  readonly dirty: readonly number[];
}

/** A phase of the recording. */
export interface Phase {
  readonly at: number;
  readonly name: string;
  /** Seconds since boot. */
  readonly seconds: number;
}

/** What a picture of a trace shows. */
export interface TracePictureData {
  readonly phases: readonly Phase[];
  readonly flushes: readonly FlushMark[];
  /** The most lazy pages in each column. */
  readonly lazy: readonly number[];
  /** The areas that are not free at the end of each column. */
  readonly columns: readonly (readonly LedgerArea[])[];
  /** The end of the highest page taken from below in the vmalloc space. */
  readonly top: number;
}

const NANOSECONDS_PER_SECOND = 1e9;

/** Gathers what a picture shows, address space and backlog in so many columns. */
export function tracePictureData(trace: KernelTrace, count: number): TracePictureData {
  const { header, lines } = trace;
  const ledger = new AreaLedger();
  const pages = new RecordedPages(trace);
  const phases: Phase[] = [{ at: 0, name: 'boot', seconds: 0 }];
  const flushes: FlushMark[] = [];
  const lazy: number[] = new Array<number>(count).fill(0);
  const columns: LedgerArea[][] = [];
  let top = 1;
  for (const [index, event] of lines.entries()) {
    const at = index / lines.length;
    const column = Math.floor(at * count);
    while (columns.length < column) columns.push([...ledger.areas()]);
    if (event.code === 'snap') continue;
    if (event.code === 'm') {
      phases.push({ at, name: event.name, seconds: (event.time ?? 0) / NANOSECONDS_PER_SECOND });
    }
    if (event.code === 'A' && event.source !== 'T' && event.addr < header.vmallocPages) {
      top = Math.max(top, event.addr + event.pages);
    }
    if (event.code === 'T' && event.start < event.end) {
      const dirty: number[] = [];
      pages.dirty.forEachWithin(event.start, event.end, (start, end) => dirty.push(start, end));
      flushes.push({ at, start: event.start, end: event.end, dirty });
    }
    ledger.take(event);
    pages.take(event);
    lazy[column] = Math.max(lazy[column] ?? 0, ledger.lazyPages);
  }
  while (columns.length < count) columns.push([...ledger.areas()]);
  return { phases, flushes, lazy, columns, top };
}
