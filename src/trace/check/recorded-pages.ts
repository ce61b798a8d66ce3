import { alignDown, get_order } from '../../../models/kernel/err.ts';
import { IntervalSet } from '../../../models/kernel/structures/interval-set.ts';
import type { KernelTrace, TraceEvent, TraceLine } from '../event.ts';
import { isFromVersion } from '../policy-of.ts';

/**
 * Which pages a TLB may still hold, as far as a trace tells: pages that were unmapped and not
 * flushed since, the guard pages of areas among them. Before the recorder saw PTEs cleared, an area
 * counts as unmapped when it becomes lazy.
 */
export class RecordedPages {
  readonly dirty = new IntervalSet();
  /** Whether vm_unmap_aliases() walks the blocks on the free lists, and no others. */
  readonly walksFreeLists: boolean;
  readonly #lines: readonly TraceLine[];
  /** The first line that tells of PTEs. */
  readonly #armed: number;

  readonly #blockPages: number;

  constructor({ header, lines }: KernelTrace) {
    this.walksFreeLists = !isFromVersion(header.kernel, '6.5');
    this.#lines = lines;
    this.#blockPages = header.blockPages;
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
      case 'N':
        this.dirty.add(event.start, event.start + event.pages);
        break;
      case 'F':
        if (!this.seesPtes(event.line)) this.dirty.add(event.addr, event.addr + event.pages);
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

  /** The first flush after `line` that covers a page; null: none does. */
  nextFlush(vpn: number, line: number): number | null {
    for (let at = line - 1; at < this.#lines.length; at++) {
      const event = this.#lines[at];
      if (event?.code === 'T' && vpn >= event.start && vpn < event.end) return event.line;
    }
    return null;
  }

  /** The last line before `line` that a task had of one sort; the line itself if it had none. */
  lastOf(pid: number, code: TraceEvent['code'], line: number): number {
    return this.#last(line, (event) => event.code === code && event.pid === pid);
  }

  /** The line before `line` that used up the block a page lies in; null: there is room in it. */
  blockFullSince(vpn: number, line: number): number | null {
    const block = alignDown(vpn, this.#blockPages);
    const isNew = (event: TraceEvent): boolean =>
      event.code === 'A' && event.kind === 'vmblock' && event.addr === block;
    let free = this.#blockPages;
    for (let at = this.#last(line, isNew) - 1; at < line - 2; at++) {
      const event = this.#lines[at];
      if (event?.code !== 'B' || !isIn(event.start, block, this.#blockPages)) continue;
      free -= 2 ** get_order(event.pages);
      if (free === 0) return event.line;
    }
    return null;
  }

  #last(line: number, isIt: (event: TraceEvent) => boolean): number {
    for (let at = line - 3; at >= 0; at--) {
      const event = this.#lines[at];
      if (event !== undefined && event.code !== 'snap' && isIt(event)) return event.line;
    }
    return line;
  }
}

function isIn(vpn: number, start: number, pages: number): boolean {
  return vpn >= start && vpn < start + pages;
}
