/** The properties that a trace can decide, without a model. */
export const TRACE_PROPERTIES = [
  'flush-before-reuse',
  'no-stale-alias',
  'space-partition',
  'lazy-count',
  'flushed-exactly-once',
  'flush-exact',
  'no-premature-purge',
  'bounded-space',
  'bounded-backlog',
  'first-fit',
] as const;

export type TraceProperty = (typeof TRACE_PROPERTIES)[number];

/** One violation, cut down to the lines that show it. */
export interface Evidence {
  readonly detail: string;
  /** Lines of the trace, ascending. */
  readonly lines: readonly number[];
}

export interface Finding {
  readonly property: TraceProperty;
  /** How often it was looked at, and how often it did not hold. */
  readonly checked: number;
  readonly violations: number;
  /** The first violation, or the gravest where they differ in that; null: there is none. */
  readonly evidence: Evidence | null;
}

interface Entry {
  checked: number;
  violations: number;
  evidence: Evidence | null;
  weight: number;
}

/** Collects what watchers find. */
export class Findings {
  readonly #entries = new Map<TraceProperty, Entry>(
    TRACE_PROPERTIES.map((property) => [
      property,
      { checked: 0, violations: 0, evidence: null, weight: Number.NEGATIVE_INFINITY },
    ]),
  );

  /** A property was looked at. */
  checked(property: TraceProperty): void {
    this.#entry(property).checked++;
  }

  /** It does not hold. `evidence` is asked for if this is the first or graver than those before. */
  violated(property: TraceProperty, evidence: () => Evidence, weight = 0): void {
    const entry = this.#entry(property);
    entry.violations++;
    if (weight <= entry.weight) return;
    entry.weight = weight;
    const { detail, lines } = evidence();
    entry.evidence = { detail, lines: [...new Set(lines)].sort((a, b) => a - b) };
  }

  /** What there is to tell, in the order of TRACE_PROPERTIES. */
  all(): readonly Finding[] {
    return TRACE_PROPERTIES.map((property) => {
      const { checked, violations, evidence } = this.#entry(property);
      return { property, checked, violations, evidence };
    });
  }

  #entry(property: TraceProperty): Entry {
    const entry = this.#entries.get(property);
    if (entry === undefined) throw new Error(`no such property: ${property}`);
    return entry;
  }
}
