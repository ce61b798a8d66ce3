import type { AreaLazy, KernelTrace, Snapshot, TraceEvent } from '../event.ts';
import { isFromVersion } from '../policy-of.ts';
import { type CounterChange, judgeCounter } from '../replay/lazy-counter.ts';
import type { Findings } from './findings.ts';

/** Since this version a node's pages leave the counter all at once, after the pools got theirs. */
const BATCHED_COUNT = '6.11';

/** A node that is being purged: when its pages leave the counter is not in the trace. */
interface NodePurge {
  readonly pid: number;
  readonly node: number;
  readonly pages: readonly number[];
  line: number;
}

/** Watches the lazy backlog: its counter, and that it is drained. */
export class BacklogWatcher {
  /** The most there was. */
  peak = 0;
  readonly #findings: Findings;
  readonly #lazyMaxPages: number;
  readonly #nextLine: Float64Array;
  readonly #hasNodes: boolean;
  /** Whether the counter goes down area by area. */
  readonly #countsAreas: boolean;
  readonly #changes: CounterChange[] = [];
  /** The last line of each task. */
  readonly #last = new Map<number, number>();
  /** Lazy areas by node, in pages; of kernels with nodes. */
  readonly #lazy = new Map<number, number[]>();
  readonly #detached = new Map<number, number[]>();
  #purge: NodePurge[] = [];
  /** The first line that exceeded lazy_max_pages() since the last purge began. */
  #excess: AreaLazy | null = null;

  constructor({ header, lines }: KernelTrace, findings: Findings, nextLine: Float64Array) {
    this.#findings = findings;
    this.#lazyMaxPages = header.lazyMaxPages;
    this.#nextLine = nextLine;
    this.#countsAreas = !isFromVersion(header.kernel, BATCHED_COUNT);
    this.#hasNodes = lines.some(({ code }) => code === 'n');
  }

  take(event: TraceEvent): void {
    this.#leaveNode(event);
    switch (event.code) {
      case 'F':
        this.#added(event);
        break;
      case 'M':
        if (!this.#hasNodes) this.#subtracted(event, event.pages);
        break;
      case 'D':
        this.#detached.set(event.value, this.#lazy.get(event.value) ?? []);
        this.#lazy.delete(event.value);
        break;
      case 'n': {
        const pages = this.#detached.get(event.value) ?? [];
        this.#purge.push({ pid: event.pid, node: event.value, pages, line: event.line });
        break;
      }
      case 'P':
        this.#excess = null;
        break;
    }
    if (event.code !== 'V') this.#last.set(event.pid, event.line);
  }

  snapshot({ line, name, lazyNr, lazy }: Snapshot): void {
    this.#findings.checked('lazy-count');
    const pages = lazy.reduce((sum, [, count]) => sum + count, 0);
    if (pages === lazyNr) return;
    const detail = `snapshot ${name}: vmap_lazy_nr is ${lazyNr}, the lazy areas have ${pages}`;
    this.#findings.violated('lazy-count', () => ({ detail, lines: [line] }));
  }

  /** The trace has ended. */
  end(): void {
    this.#leave(Number.POSITIVE_INFINITY, () => true);
    const { compared, mismatches } = judgeCounter(this.#changes);
    for (let i = 0; i < compared; i++) this.#findings.checked('lazy-count');
    for (const { line, recorded, model } of mismatches) {
      const detail = `vmap_lazy_nr is ${recorded} in line ${line}, in no order of what changed it`;
      const evidence = () => ({ detail: `${detail}; ${model} would be`, lines: [line] });
      this.#findings.violated('lazy-count', evidence);
    }
    this.#findings.checked('bounded-backlog');
    const excess = this.#excess;
    if (excess === null) return;
    this.#findings.violated('bounded-backlog', () => ({
      detail:
        `${excess.lazyNr} pages are lazy in line ${excess.line}, more than lazy_max_pages() = ` +
        `${this.#lazyMaxPages}, and no purge follows`,
      lines: [excess.line],
    }));
  }

  #added(event: AreaLazy): void {
    const { pid, line, pages, lazyNr, node } = event;
    const from = this.#last.get(pid) ?? 0;
    this.#changes.push({ amount: pages, from, to: line, recorded: lazyNr });
    this.peak = Math.max(this.peak, lazyNr);
    if (lazyNr > this.#lazyMaxPages) this.#excess ??= event;
    if (node === null) return;
    const lazy = this.#lazy.get(node);
    if (lazy === undefined) this.#lazy.set(node, [pages]);
    else lazy.push(pages);
  }

  #subtracted({ line }: TraceEvent, pages: number): void {
    const to = this.#nextLine[line - 2] ?? line;
    this.#changes.push({ amount: -pages, from: line, to, recorded: null });
  }

  /**
   * The pages of a node leave the counter before the next line of its task that is no Q, and before
   * the purge returns or another begins: helpers are waited for.
   */
  #leaveNode({ code, pid, line }: TraceEvent): void {
    if (code === 'P' || code === 'p') {
      this.#leave(line, () => true);
      return;
    }
    if (code === 'V') return;
    if (code !== 'Q') {
      this.#leave(line, (purge) => purge.pid === pid);
      return;
    }
    if (this.#countsAreas) return;
    for (const purge of this.#purge) if (purge.pid === pid) purge.line = line;
  }

  #leave(to: number, isDone: (purge: NodePurge) => boolean): void {
    for (const { pages, line } of this.#purge.filter(isDone)) {
      const sum = pages.reduce((total, count) => total + count, 0);
      for (const count of this.#countsAreas ? pages : [sum]) {
        this.#changes.push({ amount: -count, from: line, to, recorded: null });
      }
    }
    this.#purge = this.#purge.filter((purge) => !isDone(purge));
  }
}
