import type { KernelObserver } from '../../../models/hardware/observer.ts';
import type { Property } from '../../../properties/property.ts';
import type { CheckedRun, Step, Violation } from '../../explore/checked-run.ts';
import { type RunListener, runScenario } from '../../explore/run-scenario.ts';
import type { Operation } from '../../scenario/operation.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { FunctionListener, Subject } from '../../subject/port.ts';
import { type BlockState, blocksByStart } from '../trace.ts';

/** One run of a kernel function. */
export interface FunctionCall {
  readonly name: string;
  /** First page of the block it was given, vpn; null: none. */
  readonly block: number | null;
  readonly parent: FunctionCall | null;
  readonly children: FunctionCall[];
  /** Whether it returned NULL or an error, or the machine died in it. */
  failed: boolean;
}

/** What the hardware was made to do to pages [start, end), or a lock of a block that was taken. */
export interface Happening {
  readonly kind: 'maps' | 'clears' | 'flushes' | 'locks';
  readonly start: number;
  readonly end: number;
  /** The innermost kernel function that ran; null: the subject does not tell. */
  readonly within: FunctionCall | null;
}

/** The kernel's books between two operations. */
export interface Books {
  /** By first page. */
  readonly blocks: ReadonlyMap<number, BlockState>;
  /** Lazily freed areas, start, end, ... in pages. */
  readonly lazy: readonly number[];
  /** Free ranges, start, end, ... in pages. */
  readonly free: readonly number[];
}

/** One operation, as it was seen from within the kernel. */
export interface WitnessedStep {
  readonly operation: Operation;
  readonly step: Step;
  readonly happenings: readonly Happening[];
  /** The functions that were called from outside, in order. */
  readonly functions: readonly FunctionCall[];
  readonly before: Books;
  readonly after: Books;
}

/** Where and when a property was violated first. */
export interface WitnessedViolation extends Violation {
  /** Index of the operation. */
  readonly at: number;
  /** What happened last before it; null: nothing did in this operation. */
  readonly happening: Happening | null;
  /** The innermost function that ran; null: the call had returned. */
  readonly within: FunctionCall | null;
  /** CPUs that may hold an old translation of the page at that moment. */
  readonly holders: readonly number[];
  /** What the page was called at that moment: `page A+1`; empty: it is about no page. */
  readonly pageName: string;
}

/** An execution, with all that it takes to explain it. */
export interface Witness {
  readonly run: CheckedRun;
  readonly steps: readonly WitnessedStep[];
  readonly violation: WitnessedViolation | null;
}

/**
 * Runs a sequential scenario and takes down which kernel functions did what. Throws RangeError for
 * a scenario of more than one task.
 */
export function witness(
  subject: Subject,
  scenario: Scenario,
  properties: readonly Property[],
): Witness {
  const recorder = new WitnessRecorder();
  const { run } = runScenario(subject, scenario, properties, recorder);
  return { run, steps: recorder.steps, violation: recorder.violation };
}

class WitnessRecorder implements RunListener, FunctionListener, KernelObserver {
  readonly steps: WitnessedStep[] = [];
  violation: WitnessedViolation | null = null;
  #run: CheckedRun | null = null;
  #before: Books = { blocks: new Map(), lazy: [], free: [] };
  #happenings: Happening[] = [];
  #functions: FunctionCall[] = [];
  #within: FunctionCall | null = null;

  booted(run: CheckedRun): void {
    this.#run = run;
    run.monitor.listener = this;
    run.onViolated = (violation) => this.#violated(violation, run);
    this.#before = this.#books();
    run.session.followFunctions(this);
  }

  stepped(operation: Operation, step: Step): void {
    const after = this.#books();
    const [happenings, functions] = [this.#happenings, this.#functions];
    this.steps.push({ operation, step, happenings, functions, before: this.#before, after });
    this.#before = after;
    this.#happenings = [];
    this.#functions = [];
  }

  #books(): Books {
    const state = this.#run?.session.inspect();
    return {
      blocks: blocksByStart(state?.blocks ?? []),
      lazy: [...(state?.lazy ?? [])],
      free: [...(state?.free ?? [])],
    };
  }

  #violated(violation: Violation, run: CheckedRun): void {
    const { page } = violation;
    const holders = run.machine.onlineCpus.filter(
      (_cpu, index) => page !== null && run.ledger.tlb.firstStaleOn(index, page, page + 1) === page,
    );
    this.violation ??= {
      ...violation,
      at: this.steps.length,
      happening: this.#happenings.at(-1) ?? null,
      within: this.#within,
      holders,
      pageName: page === null ? '' : run.describe(page),
    };
  }

  entered(name: string, block: number | null): void {
    const parent = this.#within;
    const call: FunctionCall = { name, block, parent, children: [], failed: false };
    (parent?.children ?? this.#functions).push(call);
    this.#within = call;
  }

  left(failed: boolean): void {
    if (this.#within === null) return;
    this.#within.failed = failed;
    this.#within = this.#within.parent;
  }

  lockedBlock(block: number): void {
    const size = this.#run?.machine.vmapBbmapBits ?? 0;
    this.#happened('locks', block, block + size);
  }

  ptesSet(start: number, count: number): void {
    this.#happened('maps', start, start + count);
  }

  ptesCleared(start: number, end: number): void {
    this.#happened('clears', start, end);
  }

  flushAsked(start: number, end: number): void {
    this.#happened('flushes', start, end);
  }

  directMapSet(pfn: number): void {
    const vpn = (this.#run?.machine.directMapVpn ?? 0) + pfn;
    this.#happened('clears', vpn, vpn + 1);
  }

  #happened(kind: Happening['kind'], start: number, end: number): void {
    this.#happenings.push({ kind, start, end, within: this.#within });
  }

  invalidated(): void {}
  frameAllocated(): void {}
  frameFreed(): void {}
  complaint(): void {}
  innerAllocated(): void {}
  innerFreeBegins(): void {}
  innerFreeReturned(): void {}
}
