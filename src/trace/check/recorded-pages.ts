import { IntervalSet } from '../../../models/kernel/structures/interval-set.ts';
import type { KernelTrace, TraceEvent, TraceLine } from '../event.ts';

/**
 * Which pages a trace says are mapped, and which a TLB may still hold. Before the recorder saw PTEs
 * set and cleared, all of an area counts as mapped, and as unmapped when it becomes lazy.
 */
export class RecordedPages {
  /** Pages that were unmapped and not flushed since. */
  readonly dirty = new IntervalSet();
  readonly #mapped = new IntervalSet();
  readonly #lines: readonly TraceLine[];
  /** The first line that tells of PTEs. */
  readonly #armed: number;

  constructor({ lines }: KernelTrace) {
    this.#lines = lines;
    const first = lines.find(({ code }) => code === 'G' || code === 'N');
    this.#armed = first?.line ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the recorder sees PTEs from this line on. */
  seesPtes(line: number): boolean {
    return line >= this.#armed;
  }

  /** What an event does to pages; properties have looked at it before. */
  take(event: TraceEvent): void {
    switch (event.code) {
      case 'A':
        if (!this.seesPtes(event.line)) this.#mapped.add(event.addr, event.addr + event.pages);
        break;
      case 'G':
        this.#mapped.add(event.start, event.start + event.pages);
        break;
      case 'N':
        this.#unmapped(event.start, event.start + event.pages);
        break;
      case 'F':
        if (!this.seesPtes(event.line)) this.#unmapped(event.addr, event.addr + event.pages);
        break;
      case 'T':
        this.dirty.remove(event.start, event.end);
        break;
    }
  }

  /** The last line before `line` that unmapped a page; the line itself if none did. */
  lastUnmap(vpn: number, line: number): number {
    return this.#last(line, (event) => {
      if (event.code === 'N') return isIn(vpn, event.start, event.pages);
      return event.code === 'F' && !this.seesPtes(event.line) && isIn(vpn, event.addr, event.pages);
    });
  }

  /** The last flush before `line` that covered a page; the line itself if none did. */
  lastFlush(vpn: number, line: number): number {
    return this.#last(line, (event) => {
      return event.code === 'T' && vpn >= event.start && vpn < event.end;
    });
  }

  /** The last line before `line` that a task had of one sort; the line itself if it had none. */
  lastOf(pid: number, code: TraceEvent['code'], line: number): number {
    return this.#last(line, (event) => event.code === code && event.pid === pid);
  }

  #last(line: number, isIt: (event: TraceEvent) => boolean): number {
    for (let at = line - 3; at >= 0; at--) {
      const event = this.#lines[at];
      if (event !== undefined && event.code !== 'snap' && isIt(event)) return event.line;
    }
    return line;
  }

  #unmapped(start: number, end: number): void {
    this.#mapped.forEachWithin(start, end, (from, to) => this.dirty.add(from, to));
    this.#mapped.remove(start, end);
  }
}

function isIn(vpn: number, start: number, pages: number): boolean {
  return vpn >= start && vpn < start + pages;
}
