import { IntervalSet } from '../../../models/kernel/structures/interval-set.ts';
import type { AreaTaken, Snapshot, TraceEvent, TraceHeader, TraceLine } from '../event.ts';
import type { Findings } from './findings.ts';

const VMALLOC_START = 0;

/** Everything the free space can hold: pages of either sign below this. */
const FAR = 2 ** 52;

/** What has become of an area that is not free. */
interface AreaRecord {
  readonly pages: number;
  readonly state: 'busy' | 'lazy' | 'pooled';
  readonly line: number;
}

/** Watches address space: no page is in two areas, none is lost, and what is taken lies low. */
export class SpaceWatcher {
  readonly #findings: Findings;
  readonly #vmallocPages: number;
  readonly #free = new IntervalSet();
  readonly #areas = new Map<number, AreaRecord>();

  constructor({ vmallocPages }: TraceHeader, findings: Findings) {
    this.#findings = findings;
    this.#vmallocPages = vmallocPages;
    this.#free.add(-FAR, FAR);
  }

  take(line: TraceLine): void {
    switch (line.code) {
      case 'A':
        this.#taken(line);
        break;
      case 'F':
        this.#becomes(line, line.addr, line.pages, 'busy', 'lazy');
        break;
      case 'Q':
        this.#becomes(line, line.start, line.pages, 'lazy', 'pooled');
        break;
      case 'M':
        this.#merged(line, line.start, line.pages);
        break;
      case 'snap':
        this.#snapshot(line);
        break;
    }
  }

  #taken(event: AreaTaken): void {
    const { addr, pages, source, line } = event;
    this.#findings.checked('space-partition');
    if (source === 'P') {
      this.#becomes(event, addr, pages, 'pooled', 'busy');
      return;
    }
    if (source === 'G' && event.align === 1) this.#judgeFit(event);
    if (!this.#free.covers(addr, addr + pages)) {
      const detail = `line ${line} takes pages ${addr}-${addr + pages}, and not all were free`;
      this.#findings.violated('space-partition', () => ({
        detail,
        lines: [...this.#linesWithin(addr, pages), line],
      }));
    }
    this.#free.remove(addr, addr + pages);
    this.#areas.set(addr, { pages, state: 'busy', line });
  }

  /** An area of one state becomes one of another: it must be there, and as large. */
  #becomes(
    { line }: TraceEvent,
    addr: number,
    pages: number,
    from: AreaRecord['state'],
    state: AreaRecord['state'],
  ): void {
    const area = this.#areas.get(addr);
    this.#findings.checked('space-partition');
    if (area?.state !== from || area.pages !== pages) {
      const was = area === undefined ? 'no area' : `${area.state}, ${area.pages} pages`;
      const detail = `line ${line}: page ${addr} should be ${from}, ${pages} pages, and is ${was}`;
      this.#findings.violated('space-partition', () => ({
        detail,
        lines: [...this.#linesWithin(addr, pages), line],
      }));
    }
    this.#free.remove(addr, addr + pages);
    this.#areas.set(addr, { pages, state, line });
  }

  /** Lazy or pooled areas that touch became free, as one range. */
  #merged({ line }: TraceEvent, start: number, pages: number): void {
    this.#findings.checked('space-partition');
    const lines: number[] = [];
    let at = start;
    while (at < start + pages) {
      const area = this.#areas.get(at);
      if (area === undefined || area.state === 'busy') break;
      this.#areas.delete(at);
      lines.push(area.line);
      at += area.pages;
    }
    if (at !== start + pages) {
      const detail = `line ${line} frees pages ${start}-${start + pages}: ${at} was not given back`;
      const around = this.#linesWithin(start, pages);
      this.#findings.violated('space-partition', () => ({ detail, lines: [...around, line] }));
    }
    this.#free.add(start, start + pages);
  }

  /** Whether the lowest hole that is large enough was taken: what alignments of a page promise. */
  #judgeFit({ line, addr, pages, range }: AreaTaken): void {
    const [low, high] = range ?? [VMALLOC_START, VMALLOC_START + this.#vmallocPages];
    this.#findings.checked('first-fit');
    let lowest = addr;
    this.#free.forEachWithin(low, Math.min(high, addr + pages), (start, end) => {
      if (start < lowest && end - start >= pages) lowest = start;
    });
    if (lowest === addr) return;
    const detail = `line ${line} takes page ${addr}, and ${pages} pages were free at ${lowest}`;
    this.#findings.violated('first-fit', () => ({ detail, lines: [line] }));
  }

  #snapshot(snapshot: Snapshot): void {
    this.#findings.checked('space-partition');
    const { line, name, free, busy, lazy, pool } = snapshot;
    const ranges = [
      ...free,
      ...[...busy, ...lazy, ...pool].map(([start, pages]) => [start, start + pages] as const),
    ].toSorted(([a], [b]) => a - b);
    let at = Number.NEGATIVE_INFINITY;
    for (const [start, end] of ranges) {
      if (start !== at) {
        const detail = `snapshot ${name}: page ${Math.min(start, at)} is in no area, or in two`;
        this.#findings.violated('space-partition', () => ({ detail, lines: [line] }));
        return;
      }
      at = end;
    }
  }

  #linesWithin(addr: number, pages: number): number[] {
    const lines: number[] = [];
    for (const [start, area] of this.#areas) {
      if (start < addr + pages && start + area.pages > addr) lines.push(area.line);
    }
    return lines;
  }
}
