import type { TraceLine } from '../event.ts';
import type { ModelState } from './model-state.ts';
import type { ModelEvent } from './probe.ts';

/** What is compared, in the order reports have it. */
export const KINDS = [
  'addresses from the heap',
  'pops from a pool',
  'per-CPU addresses',
  'vm_map_ram addresses',
  'areas made lazy',
  'lazy counts',
  'heads of pools rotated',
  'purge ranges',
  'lazy lists detached',
  'flush ranges',
  'areas purged to a pool',
  'merges in the heap',
  'purge counts',
  'pools decayed',
  'areas out of decayed pools',
  'blocks given up',
  'snapshots',
] as const;

export type Kind = (typeof KINDS)[number];

/** Where a model and the kernel part. */
export interface Divergence {
  readonly kind: Kind;
  /** The line of the trace; what the model did instead is held against it. */
  readonly line: TraceLine;
  readonly expected: string;
  readonly actual: string;
  /** The model as it was then. */
  readonly state: ModelState;
}

export interface Count {
  readonly kind: Kind;
  readonly matched: number;
  readonly compared: number;
}

/** Counts what matches and what does not, and keeps the first that does not. */
export class Tally {
  readonly #matched = new Map<Kind, number>();
  readonly #compared = new Map<Kind, number>();
  #first: Divergence | null = null;

  matches(kind: Kind, times = 1): void {
    this.#matched.set(kind, (this.#matched.get(kind) ?? 0) + times);
    this.#compared.set(kind, (this.#compared.get(kind) ?? 0) + times);
  }

  /** At a line; `describe` is asked if none before it differs. */
  differs(kind: Kind, line: number, describe: () => Omit<Divergence, 'kind'>): void {
    this.#compared.set(kind, (this.#compared.get(kind) ?? 0) + 1);
    if (this.#first === null || line < this.#first.line.line) this.#first = { kind, ...describe() };
  }

  get first(): Divergence | null {
    return this.#first;
  }

  /** The kinds that occurred, in their order. */
  counts(): readonly Count[] {
    return KINDS.flatMap((kind) => {
      const compared = this.#compared.get(kind);
      if (compared === undefined) return [];
      return [{ kind, matched: this.#matched.get(kind) ?? 0, compared }];
    });
  }
}

/** A number as a line has it: a page, or `-` for no page. */
function valueText(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '-' : `${value}`;
}

/** What a model did, as the line of a trace would say it. */
export function modelEventText({ code, values }: ModelEvent): string {
  return `${code} ${values.map(valueText).join(' ')}`;
}

/** What a line says, null for what it does not say. */
export function expectedText(code: string, values: readonly (number | null)[]): string {
  return `${code} ${values.map((value) => (value === null ? '?' : valueText(value))).join(' ')}`;
}
