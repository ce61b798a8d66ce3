import { IntervalSet } from '../../../models/kernel/structures/interval-set.ts';
import type { AliasesCalled, Flushed, TraceEvent } from '../event.ts';
import type { Evidence, Findings } from './findings.ts';
import type { RecordedPages } from './recorded-pages.ts';

/** Pages below this are no vmalloc space: the direct map, whose PTEs the recorder does not see. */
const VMALLOC_START = 0;

/** What flushes asked for, in pages. */
export interface FlushSums {
  readonly flushes: number;
  readonly asked: number;
  /** Of these, pages at or above VMALLOC_START. */
  readonly inVmalloc: number;
  /** Of these, pages unmapped since they were last flushed, guard pages included. */
  readonly dirty: number;
}

/** Unmapped pages of one line, which are only surely unmapped at the next line of its task. */
interface Unmap {
  readonly start: number;
  readonly end: number;
  readonly complete: number;
}

/** Watches the properties of flushes. Each line is to be taken before the pages take it. */
export class FlushWatcher {
  readonly sums = { flushes: 0, asked: 0, inVmalloc: 0, dirty: 0 };
  readonly #pages: RecordedPages;
  readonly #findings: Findings;
  readonly #nextLine: Float64Array;
  /** Pages that were flushed since they were unmapped, and whose space is not free again. */
  readonly #clean = new IntervalSet();
  readonly #aliases = new Map<number, AliasesCalled>();
  #unmaps: Unmap[] = [];

  constructor(pages: RecordedPages, findings: Findings, nextLine: Float64Array) {
    this.#pages = pages;
    this.#findings = findings;
    this.#nextLine = nextLine;
  }

  take(event: TraceEvent): void {
    switch (event.code) {
      case 'A':
        this.#reused(event, event.addr, event.pages, 'handed out');
        this.#clean.remove(event.addr, event.addr + event.pages);
        break;
      case 'G':
        this.#reused(event, event.start, event.pages, 'mapped');
        this.#clean.remove(event.start, event.start + event.pages);
        break;
      case 'M':
      case 'Q':
        this.#clean.remove(event.start, event.start + event.pages);
        break;
      case 'N': {
        const complete = this.#nextLine[event.line - 2] ?? event.line;
        this.#unmaps.push({ start: event.start, end: event.start + event.pages, complete });
        break;
      }
      case 'U':
        this.#aliases.set(event.pid, event);
        break;
      case 'u':
        this.#aliasesReturned(event);
        break;
      case 'T':
        this.#flushed(event);
        break;
    }
  }

  #reused(event: TraceEvent, start: number, pages: number, what: string): void {
    this.#findings.checked('flush-before-reuse');
    const vpn = firstOf(this.#pages.dirty, start, start + pages);
    if (Number.isNaN(vpn)) return;
    const { line } = event;
    this.#findings.violated('flush-before-reuse', () => {
      const unmapped = this.#pages.lastUnmap(vpn, line);
      const detail =
        `page ${vpn} is ${what} in line ${line}, and no flush has covered it since line ` +
        `${unmapped} unmapped it: a TLB may still hold what was there before`;
      return { detail, lines: [unmapped, line] };
    });
    this.#pages.dirty.remove(start, start + pages);
  }

  #flushed(event: Flushed): void {
    const { start, end, line } = event;
    if (start >= end) return;
    const from = Math.max(start, VMALLOC_START);
    const asked = end - start;
    const inVmalloc = Math.max(end - from, 0);
    const dirty = this.#pages.dirty.countWithin(from, end);
    this.sums.flushes++;
    this.sums.asked += asked;
    this.sums.inVmalloc += inVmalloc;
    this.sums.dirty += dirty;
    if (this.#pages.seesPtes(line)) this.#judgeEconomy(event, asked, inVmalloc, dirty);
    this.#pages.dirty.forEachWithin(from, end, (a, b) => this.#clean.add(a, b));
    this.#unmaps = this.#unmaps.filter((unmap) => unmap.start < start || unmap.end > end);
  }

  #judgeEconomy(event: Flushed, asked: number, inVmalloc: number, dirty: number): void {
    const { start, end, line, pid } = event;
    this.#findings.checked('flush-exact');
    this.#findings.checked('flushed-exactly-once');
    if (dirty !== inVmalloc || inVmalloc !== asked) {
      const evidence = () => ({
        detail:
          `line ${line} flushes ${asked} pages in one range, from ${start} to ${end}; ` +
          `${dirty} of the vmalloc space had been unmapped since they were last flushed`,
        lines: [this.#pages.lastOf(pid, 'P', line), line],
      });
      this.#findings.violated('flush-exact', evidence, asked);
    }
    const again = this.#clean.countWithin(start, end);
    if (again === 0) return;
    this.#findings.violated('flushed-exactly-once', () => {
      const vpn = firstOf(this.#clean, start, end);
      const before = this.#pages.lastFlush(vpn, line);
      const unmapped = this.#pages.lastUnmap(vpn, before);
      const detail =
        `line ${line} flushes ${again} pages that are clean: unmapped, flushed, and not ` +
        `mapped again; page ${vpn} was unmapped in line ${unmapped} and flushed in line ${before}`;
      return { detail, lines: [unmapped, before, line] };
    });
  }

  /** What was unmapped before vm_unmap_aliases() began is in no TLB when it returns. */
  #aliasesReturned(event: TraceEvent): void {
    const begun = this.#aliases.get(event.pid);
    if (begun === undefined) return;
    this.#aliases.delete(event.pid);
    this.#findings.checked('no-stale-alias');
    let pages = 0;
    let oldest: Unmap | null = null;
    for (const unmap of this.#unmaps) {
      if (unmap.complete > begun.line) continue;
      const stale = this.#pages.dirty.countWithin(unmap.start, unmap.end);
      if (stale > 0) oldest ??= unmap;
      pages += stale;
    }
    if (oldest === null) return;
    const vpn = firstOf(this.#pages.dirty, oldest.start, oldest.end);
    this.#findings.violated(
      'no-stale-alias',
      () => this.#staleAlias(begun, event, vpn, pages),
      pages,
    );
  }

  #staleAlias(begun: AliasesCalled, event: TraceEvent, vpn: number, pages: number): Evidence {
    const { line, pid } = event;
    const unmapped = this.#pages.lastUnmap(vpn, begun.line);
    const full = this.#pages.walksFreeLists ? this.#pages.blockFullSince(vpn, begun.line) : null;
    const flushed = this.#pages.nextFlush(vpn, line);
    const last = this.#pages.lastOf(pid, 'T', line);
    const flush = last > begun.line && last < line ? last : null;
    const detail = [
      `vm_unmap_aliases(), called in line ${begun.line}, returns in line ${line} and leaves ` +
        `${pages} stale ${pages === 1 ? 'page' : 'pages'} behind, unmapped before it was called: ` +
        `line ${unmapped} cleared the PTE of page ${vpn}, and `,
      flush === null ? 'it flushes nothing. ' : `its flush in line ${flush} leaves that out. `,
      full === null
        ? ''
        : `Line ${full} had used up the last free pages of its block. That took the block off ` +
          'the free list of its CPU, and before v6.5 _vm_unmap_aliases() walks nothing else. ',
      flushed === null
        ? 'No later flush of the record covers it.'
        : `A TLB may hold it until line ${flushed}.`,
    ].join('');
    const lines = [unmapped, full, begun.line, flush, line, flushed];
    return { detail, lines: lines.filter((one) => one !== null) };
  }
}

function firstOf(set: IntervalSet, start: number, end: number): number {
  let first = Number.NaN;
  set.forEachWithin(start, end, (from) => {
    if (Number.isNaN(first)) first = from;
  });
  return first;
}
