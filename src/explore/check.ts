import type { Machine } from '../../models/hardware/machine.ts';
import type { Property } from '../../properties/property.ts';
import type { Certificate } from '../minimize/certificate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Schedule } from './explorer.ts';

/** What a check is to do. */
export interface CheckOptions {
  readonly properties: readonly Property[];
  /** Scenarios to generate. */
  readonly runs: number;
  /** Operations of the longest scenario. */
  readonly maxOps: number;
  readonly seed: number;
  /** Fields of every machine generated; what is not named here varies. */
  readonly machine: Partial<Machine>;
  /** Whether to make the scenarios found as small as possible; else they stay as generated. */
  readonly shrink: boolean;
  /** Runs of the small-scope search for each violation; DEFAULT_BUDGET if it is not said. */
  readonly certify?: number;
  /** Called now and then with the runs done so far. */
  readonly onProgress?: (runs: number) => void;
}

/** What a check found out about one property. */
export type Verdict =
  | { readonly property: Property; readonly verdict: 'holds'; readonly runs: number }
  | {
      readonly property: Property;
      readonly verdict: 'violated';
      /** The run that violated it first, counted from 1. */
      readonly run: number;
      /** Shrunk, if that was asked for. */
      readonly scenario: Scenario;
      /** The interleaving that violates, where it has several tasks. */
      readonly schedule?: Schedule;
      /** What was observed in that scenario. */
      readonly detail: string;
      /** What was tried to find a simpler one; null: nothing. */
      readonly certificate: Certificate | null;
    };

export interface CheckReport {
  readonly verdicts: readonly Verdict[];
  readonly runs: number;
  /** Operations executed, shrinking not counted. */
  readonly operations: number;
  readonly coverage: Coverage;
}

/** How often operations and events were reached. */
export interface Coverage {
  /** By operation kind, and `bad call: refused|accepted|died` besides. */
  readonly operations: ReadonlyMap<string, number>;
  /** Tracepoints of the kernel, such as `alloc_vmap_area: overflow`. */
  readonly tracepoints: ReadonlyMap<string, number>;
}
