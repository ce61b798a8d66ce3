import { DirectMapPerm, type KernelObserver } from '../../models/hardware/observer.ts';
import type { Ledger } from '../../models/reference/ledger.ts';
import { pageText, rangeText } from '../scenario/page-text.ts';
import { counted } from './words.ts';

/** One thing the hardware was made to do; neighbours of one kind are told together. */
type Entry =
  | { readonly kind: 'maps'; readonly start: number; end: number }
  | { readonly kind: 'clears'; readonly start: number; end: number; mapped: number }
  | {
      readonly kind: 'flush';
      readonly start: number;
      readonly end: number;
      readonly dirty: number;
      full: boolean;
      /** Whether a CPU has carried it out. Several may be asked for before one does. */
      done: boolean;
    }
  | { readonly kind: 'frames'; readonly verb: 'allocates' | 'frees'; count: number }
  | { readonly kind: 'direct map'; readonly perm: DirectMapPerm; count: number }
  | { readonly kind: 'said'; readonly text: string };

const PERM_WORDS: Readonly<Record<DirectMapPerm, string>> = {
  [DirectMapPerm.default]: 'writable again',
  [DirectMapPerm.readOnly]: 'read-only',
  [DirectMapPerm.invalid]: 'not present',
};

/** Collects what the hardware was made to do and tells it in short: `clears 0-2`. */
export class HardwareLog implements KernelObserver {
  readonly #ledger: Ledger;
  readonly #describe: (vpn: number) => string;
  #entries: Entry[] = [];

  /** The ledger must not yet have taken in the events it is asked about. */
  constructor(ledger: Ledger, describe: (vpn: number) => string) {
    this.#ledger = ledger;
    this.#describe = describe;
  }

  /** What happened since the last call of this, in order. */
  take(): string[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries.map(entryText);
  }

  ptesSet(start: number, count: number): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'maps' && last.end === start) last.end += count;
    else this.#entries.push({ kind: 'maps', start, end: start + count });
  }

  ptesCleared(start: number, end: number): void {
    let mapped = 0;
    this.#ledger.forEachMapped(start, end, () => mapped++);
    const last = this.#entries.at(-1);
    if (last?.kind === 'clears' && last.end === start) {
      last.end = end;
      last.mapped += mapped;
    } else {
      this.#entries.push({ kind: 'clears', start, end, mapped });
    }
  }

  flushAsked(start: number, end: number): void {
    const dirty = start < end ? this.#ledger.tlb.countStale(start, end) : 0;
    this.#entries.push({ kind: 'flush', start, end, dirty, full: false, done: false });
  }

  invalidated(_cpu: number, start: number): void {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const entry = this.#entries[i];
      if (entry?.kind !== 'flush' || entry.done) return;
      entry.done = true;
      entry.full = start === Number.NEGATIVE_INFINITY;
    }
  }

  frameAllocated(): void {
    this.#frames('allocates');
  }

  frameFreed(): void {
    this.#frames('frees');
  }

  directMapSet(_pfn: number, perm: DirectMapPerm): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'direct map' && last.perm === perm) last.count++;
    else this.#entries.push({ kind: 'direct map', perm, count: 1 });
  }

  innerAllocated(vpn: number, pages: number): void {
    this.#say(`page array at ${rangeText(vpn, vpn + pages)}`);
  }

  innerFreeBegins(vpn: number): void {
    this.#say(`begins to free ${this.#describe(vpn)}`);
  }

  innerFreeReturned(vpn: number): void {
    this.#say(`has freed ${this.#describe(vpn)}`);
  }

  complaint(cause: 'locking' | 'list', text: string): void {
    this.#say(`${cause} rule broken: ${text}`);
  }

  #frames(verb: 'allocates' | 'frees'): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'frames' && last.verb === verb) last.count++;
    else this.#entries.push({ kind: 'frames', verb, count: 1 });
  }

  #say(text: string): void {
    this.#entries.push({ kind: 'said', text });
  }
}

function entryText(entry: Entry): string {
  switch (entry.kind) {
    case 'maps':
      return `maps ${rangeText(entry.start, entry.end)}`;
    case 'clears': {
      const range = rangeText(entry.start, entry.end);
      const all = entry.mapped === entry.end - entry.start;
      return all ? `clears ${range}` : `clears ${range} (${entry.mapped} were mapped)`;
    }
    case 'flush': {
      if (!(entry.start < entry.end)) {
        return `flush of an empty range (${pageText(entry.start)} - ${pageText(entry.end)})`;
      }
      const figures = `${counted(entry.end - entry.start, 'page')}, ${entry.dirty} dirty`;
      const how = entry.full ? ', as a full flush' : '';
      return `flush ${rangeText(entry.start, entry.end)} (${figures}${how})`;
    }
    case 'frames':
      return `${entry.verb} ${counted(entry.count, 'frame')}`;
    case 'direct map':
      return `direct map of ${counted(entry.count, 'frame')} ${PERM_WORDS[entry.perm]}`;
    case 'said':
      return entry.text;
  }
}
