import { alignDown, get_order } from '../../../models/kernel/err.ts';
import type { BlockFreed, PagesEvent, TraceEvent, TraceHeader, TraceLine } from '../event.ts';
import type { Findings } from './findings.ts';

/** vm_map_ram() of more pages than this takes an area of its own. */
const VMAP_MAX_ALLOC = 64;

interface BlockRecord {
  /** The line that took its address space. */
  readonly line: number;
  free: number;
  /** Mappings that are there. */
  live: number;
  /** The line that made the last change. */
  last: number;
}

/** Watches blocks: which are given up, and which are kept for nothing. */
export class BlockWatcher {
  readonly #findings: Findings;
  readonly #blockPages: number;
  readonly #blocks = new Map<number, BlockRecord>();
  /** Lazy areas that are in no purge yet, the oldest first, by address: their lines and nodes. */
  readonly #lazy = new Map<number, { readonly line: number; readonly node: number }>();
  /** By pid, the line that began to purge aliases. */
  readonly #aliases = new Map<number, number>();

  constructor({ blockPages }: TraceHeader, findings: Findings) {
    this.#blockPages = blockPages;
    this.#findings = findings;
  }

  take(line: TraceLine): void {
    switch (line.code) {
      case 'A':
        if (line.kind === 'vmblock') this.#created(line, line.addr);
        break;
      case 'B':
        this.#mapped(line);
        break;
      case 'b':
        this.#unmapped(line);
        break;
      case 'X':
        this.#givenUp(line);
        break;
      case 'F':
        this.#lazy.set(line.addr, { line: line.line, node: line.node ?? 0 });
        break;
      case 'D':
        for (const [addr, { node }] of this.#lazy) if (node === line.value) this.#lazy.delete(addr);
        break;
      case 'U':
        this.#aliases.set(line.pid, line.line);
        break;
      case 'u':
        this.#aliasesReturned(line);
        break;
    }
  }

  #created({ line }: TraceEvent, addr: number): void {
    this.#blocks.set(addr, { line, free: this.#blockPages, live: 0, last: line });
  }

  #mapped({ line, start, pages }: PagesEvent): void {
    const block = this.#blockOf(start, pages);
    if (block === undefined) return;
    block.free -= 2 ** get_order(pages);
    block.live++;
    block.last = line;
  }

  #unmapped({ line, start, pages }: PagesEvent): void {
    const block = this.#blockOf(start, pages);
    if (block === undefined) return;
    block.live--;
    block.last = line;
  }

  #blockOf(vpn: number, pages: number): BlockRecord | undefined {
    if (pages > VMAP_MAX_ALLOC) return undefined;
    return this.#blocks.get(alignDown(vpn, this.#blockPages));
  }

  #givenUp({ addr, line, pid }: BlockFreed): void {
    const block = this.#blocks.get(addr);
    this.#blocks.delete(addr);
    if (block === undefined) return;
    this.#findings.checked('no-premature-purge');
    // Without a call of vm_unmap_aliases(), address space has run out.
    const begun = this.#aliases.get(pid);
    if (begun === undefined || block.free * 4 < this.#blockPages) return;
    const { free, line: created } = block;
    this.#findings.violated(
      'no-premature-purge',
      () => ({
        detail:
          `the block at page ${addr} was given up in line ${line} with ${free} of its ` +
          `${this.#blockPages} pages still free`,
        lines: [created, begun, line],
      }),
      free,
    );
  }

  #aliasesReturned({ pid, line }: TraceEvent): void {
    const begun = this.#aliases.get(pid);
    this.#aliases.delete(pid);
    if (begun === undefined) return;
    this.#findings.checked('bounded-space');
    const [oldest] = this.#lazy.entries();
    if (oldest !== undefined && oldest[1].line < begun) {
      const [addr, area] = oldest;
      const detail = `page ${addr}, lazy since line ${area.line}, is still so in line ${line}`;
      this.#findings.violated('bounded-space', () => ({ detail, lines: [area.line, begun, line] }));
    }
    for (const [addr, { free, live, last, line: created }] of this.#blocks) {
      if (live > 0 || last > begun || last === created || free * 4 >= this.#blockPages) continue;
      const detail =
        `the block at page ${addr} has no live page since line ${last} and ${free} pages free, ` +
        `and is still there in line ${line}`;
      this.#findings.violated('bounded-space', () => ({ detail, lines: [last, begun, line] }));
    }
  }
}
