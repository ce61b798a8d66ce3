import type { Property } from '../../properties/property.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';

/** Which task takes each step of an interleaving, in order; workers count on after the tasks. */
export type Schedule = readonly number[];

/** How the interleavings of one scenario are chosen. */
export type Strategy =
  /** At every step any task that can go on. */
  | { readonly kind: 'random'; readonly seed: number }
  /** Probabilistic concurrency testing: random priorities, `depth` - 1 random changes of them. */
  | { readonly kind: 'pct'; readonly seed: number; readonly depth: number }
  /** Every interleaving with at most `bound` preemptions: switches from a task that could go on. */
  | { readonly kind: 'bounded'; readonly bound: number }
  /** Every interleaving up to the order of independent steps. */
  | { readonly kind: 'dpor' };

export interface ExploreOptions {
  readonly strategy: Strategy;
  readonly properties: readonly Property[];
  /** Interleavings to run at most, redundant ones included. */
  readonly limit: number;
  readonly onProgress?: (interleavings: number) => void;
}

/** How much was looked at. */
export interface Covered {
  readonly interleavings: number;
  /** Runs that DPOR gave up, as interleavings it ran before show all that they would. */
  readonly redundant: number;
  /** Steps of all runs. */
  readonly steps: number;
}

export type Exploration =
  | (Covered & {
      readonly verdict: 'violated';
      readonly property: Property;
      readonly detail: string;
      readonly schedule: Schedule;
    })
  /** Nothing violated, and nothing the strategy has to offer was left out. */
  | (Covered & { readonly verdict: 'holds' })
  /** Nothing violated, but the limit was reached, or the strategy has no end. */
  | (Covered & { readonly verdict: 'unfinished' });

/** Explores the interleavings of one scenario. */
export type Explorer = (
  subject: Subject,
  scenario: Scenario,
  options: ExploreOptions,
) => Exploration;
