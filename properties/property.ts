import type { Machine } from '../models/hardware/machine.ts';
import type { Area } from '../models/reference/area.ts';
import type { CallRecord } from '../models/reference/call-record.ts';
import type { Ledger } from '../models/reference/ledger.ts';
import type { Call, KernelState, Outcome } from '../src/subject/port.ts';

/** What a property sees of a run. */
export interface World {
  readonly machine: Machine;
  /** What every page is, by the specification. */
  readonly ledger: Ledger;
  /** Whether an allocation was made to fail during the running call. */
  allocationFailed(): boolean;
  /** A page as a reader of the scenario knows it: `A+1`, or its number if it never had a name. */
  describe(vpn: number): string;
}

/**
 * The moments a property may look at. Hardware events come before the ledger has taken them in,
 * `callReturned` after, so that a property can compare before and after.
 */
export interface Watcher {
  ptesSet?(start: number, count: number): void;
  ptesCleared?(start: number, end: number): void;
  flushAsked?(start: number, end: number): void;
  frameFreed?(pfn: number): void;
  /** The kernel broke a rule and goes on. */
  complaint?(cause: 'locking' | 'list', text: string): void;
  /** A legal call begins. */
  callBegins?(call: Call, record: CallRecord): void;
  /** An allocation has returned an area that the ledger does not know yet. */
  allocated?(area: Area, call: Call): void;
  /** A legal call has returned, or the machine has died in it. */
  callReturned?(call: Call, outcome: Outcome, record: CallRecord): void;
  /** The kernel's bookkeeping after a call, nothing being in flight: no call, no work item. */
  state?(state: KernelState, call: Call): void;
}

/**
 * When a property looks, in a run of several tasks. always: at whatever happens. at rest: at the
 * kernel's bookkeeping, once nothing is in flight. never: it has no meaning then.
 */
export type WhenInterleaved = 'always' | 'at rest' | 'never';

/** A named invariant. */
export interface Property {
  readonly name: string;
  /** safety: every policy must hold it. economy: a violation is a finding, not an error. */
  readonly kind: 'safety' | 'economy';
  /** Its number in the list of invariants. */
  readonly invariant: string;
  /** What it means, in one sentence. */
  readonly prose: string;
  /** Where it comes from. */
  readonly source: string;
  readonly interleaved: WhenInterleaved;
  /** What it means, or why nothing, while several calls are in flight. In one sentence or two. */
  readonly underConcurrency: string;
  /**
   * Begins to watch one run. `violated` is to be called at the first violation, with what it is and
   * the page (vpn) it is about, if it is about one.
   */
  watch(world: World, violated: (detail: string, page?: number) => void): Watcher;
}
