import type { KernelObserver } from '../../../models/hardware/observer.ts';
import type { Property } from '../../../properties/property.ts';
import type { Violation } from '../../explore/checked-run.ts';
import type { NamedRun, NamedStep } from '../../explore/named-run.ts';
import { followTurns, type TurnsListener } from '../../explore/turns.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Subject } from '../../subject/port.ts';
import { type BlockState, blocksByStart } from '../trace.ts';

/** What one task did to pages [start, end), in which of its operations and which function. */
export interface Deed {
  readonly kind: 'clears' | 'flushes';
  readonly start: number;
  readonly end: number;
  readonly task: number;
  /** Where its task has the operation; 0 for a worker. */
  readonly operation: number;
  /** The kernel function; null: it is not told. */
  readonly inFunction: string | null;
}

/** The moment of a violation. */
export interface Moment extends Violation {
  /** The task that ran, and the operation it was in; null: nothing was in flight any more. */
  readonly task: number | null;
  readonly operation: number;
  readonly holders: readonly number[];
  readonly pageName: string;
  readonly blocks: ReadonlyMap<number, BlockState>;
  /** Lazily freed areas, start, end, ... in pages. */
  readonly lazy: readonly number[];
}

/** An interleaved run, with what it takes to explain its first violation. */
export interface InterleavedWitness {
  /** Up to the violation, in order. */
  readonly deeds: readonly Deed[];
  readonly moment: Moment | null;
}

/** Runs a scenario by its schedule. Throws TurnsExpired if a turn cannot be taken. */
export function witnessTurns(
  subject: Subject,
  scenario: Scenario,
  property: Property,
): InterleavedWitness {
  const recorder = new DeedRecorder(scenario);
  followTurns(subject, scenario, [property], recorder);
  recorder.ended();
  return recorder;
}

type Undated = Pick<Deed, 'kind' | 'start' | 'end'>;

class DeedRecorder implements TurnsListener, KernelObserver {
  readonly deeds: Deed[] = [];
  moment: Moment | null = null;
  readonly #scenario: Scenario;
  #named: NamedRun | null = null;
  #violation: Violation | null = null;
  /** What the running step has done so far. */
  #undated: Undated[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  booted(named: NamedRun): void {
    const { checked } = named.run;
    this.#named = named;
    checked.monitor.listener = this;
    checked.onViolated = (violation) => {
      this.#violation ??= violation;
    };
  }

  stepped({ task, passed }: NamedStep): void {
    if (this.#named === null || this.moment !== null) return;
    const { operation } = this.#named.positionOf(task);
    const inFunction = passed?.inFunction ?? null;
    for (const deed of this.#undated) this.deeds.push({ ...deed, task, operation, inFunction });
    this.#undated = [];
    if (this.#violation !== null) this.moment = this.#momentOf(this.#violation, task, operation);
  }

  /** Some properties look when the run is over. */
  ended(): void {
    if (this.#violation !== null) this.moment ??= this.#momentOf(this.#violation, null, 0);
  }

  #momentOf(violation: Violation, task: number | null, operation: number): Moment | null {
    if (this.#named === null) return null;
    const { checked } = this.#named.run;
    const { page } = violation;
    const { blocks, lazy } = checked.session.inspect();
    const holders = checked.machine.onlineCpus.filter(
      (_cpu, index) =>
        page !== null && checked.ledger.tlb.firstStaleOn(index, page, page + 1) === page,
    );
    return {
      ...violation,
      task,
      operation,
      holders,
      pageName: page === null ? '' : checked.describe(page),
      blocks: blocksByStart(blocks),
      lazy: [...lazy],
    };
  }

  turned(): void {}

  ptesCleared(start: number, end: number): void {
    this.#undated.push({ kind: 'clears', start, end });
  }

  flushAsked(start: number, end: number): void {
    this.#undated.push({ kind: 'flushes', start, end });
  }

  directMapSet(pfn: number): void {
    const vpn = this.#scenario.machine.directMapVpn + pfn;
    this.#undated.push({ kind: 'clears', start: vpn, end: vpn + 1 });
  }

  ptesSet(): void {}
  invalidated(): void {}
  frameAllocated(): void {}
  frameFreed(): void {}
  complaint(): void {}
  innerAllocated(): void {}
  innerFreeBegins(): void {}
  innerFreeReturned(): void {}
}
