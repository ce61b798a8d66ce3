import { HIGHEST_VPN, LOWEST_VPN } from '../../models/hardware/machine.ts';
import type { Property } from '../../properties/property.ts';
import type { CheckedRun, Step, Violation } from '../explore/checked-run.ts';
import { type RunListener, runScenario } from '../explore/run-scenario.ts';
import type { Operation } from '../scenario/operation.ts';
import { printOperation } from '../scenario/operation-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { HardwareLog } from './hardware-log.ts';
import { outcomeLines } from './outcome-text.ts';

/** The fields of a struct vmap_block, as its lock holder would read them. Pages. */
export interface BlockState {
  /** First page of the block. */
  readonly start: number;
  readonly free: number;
  readonly dirty: number;
  readonly dirtyMin: number;
  readonly dirtyMax: number;
  /** The CPU whose free list it is on, -1: on none. */
  readonly list: number;
}

/** One operation of an execution, told. */
export interface TraceStep {
  /** The operation as a scenario writes it. */
  readonly operation: string;
  /** What it returned. */
  readonly outcome: readonly string[];
  /** What the hardware was made to do, in order. */
  readonly events: readonly string[];
  /** Blocks that are new or not what they were before. */
  readonly blocks: readonly BlockState[];
  /** First pages of the blocks that are there no more. */
  readonly blocksGone: readonly number[];
  /** vmap_lazy_nr afterwards, in pages. */
  readonly lazy: number;
  /** Pages some TLB may hold an old translation of, afterwards. */
  readonly stale: number;
  /** What was violated first in this operation. */
  readonly violations: readonly Violation[];
}

/** An execution, told operation by operation. */
export interface Trace {
  readonly policy: string;
  readonly scenario: Scenario;
  readonly properties: readonly Property[];
  readonly steps: readonly TraceStep[];
  readonly violations: readonly Violation[];
}

/**
 * Runs a sequential scenario and tells what happened. The same arguments give the same trace.
 * Throws RangeError for a scenario of more than one task.
 */
export function traceScenario(
  subject: Subject,
  scenario: Scenario,
  properties: readonly Property[],
): Trace {
  const recorder = new TraceRecorder();
  const { violations } = runScenario(subject, scenario, properties, recorder);
  return { policy: subject.name, scenario, properties, steps: recorder.steps, violations };
}

class TraceRecorder implements RunListener {
  readonly steps: TraceStep[] = [];
  #run: CheckedRun | null = null;
  #log: HardwareLog | null = null;
  #blocks: ReadonlyMap<number, BlockState> = new Map();
  #violations = 0;
  #ended = false;

  booted(run: CheckedRun): void {
    this.#run = run;
    this.#log = new HardwareLog(run.ledger, (vpn) => run.handles.describe(vpn));
    run.monitor.listener = this.#log;
  }

  stepped(operation: Operation, step: Step): void {
    const [run, log] = [this.#run, this.#log];
    if (run === null || log === null) throw new Error('a step before the machine has booted');
    const state = run.session.inspect();
    const before = this.#blocks;
    this.#blocks = blocksByStart(state.blocks);
    this.steps.push({
      operation: printOperation(operation),
      outcome: outcomeLines(step, this.#ended),
      events: toldOf(operation, step, log.take()),
      blocks: [...this.#blocks.values()].filter((one) => !equal(one, before.get(one.start))),
      blocksGone: [...before.keys()].filter((start) => !this.#blocks.has(start)),
      lazy: state.vmapLazyNr,
      stale: run.ledger.tlb.countStale(LOWEST_VPN, HIGHEST_VPN),
      violations: run.violations.slice(this.#violations),
    });
    this.#violations = run.violations.length;
    this.#ended = run.ended;
  }
}

/** Where a flush is what the caller asked for, its absence is worth a line. */
function toldOf({ kind }: Operation, step: Step, events: readonly string[]): readonly string[] {
  const asksForFlush = kind === 'vm_unmap_aliases' && step.kind === 'called';
  return asksForFlush && events.length === 0 ? ['no flush'] : events;
}

const BLOCK_FIELDS = 7;

/** The blocks of a kernel's bookkeeping by their first page, ascending. */
export function blocksByStart(flat: readonly number[]): Map<number, BlockState> {
  const blocks: BlockState[] = [];
  for (let i = 0; i < flat.length; i += BLOCK_FIELDS) {
    const [start = 0, free = 0, dirty = 0, dirtyMin = 0, dirtyMax = 0, , list = -1] = flat.slice(
      i,
      i + BLOCK_FIELDS,
    );
    blocks.push({ start, free, dirty, dirtyMin, dirtyMax, list });
  }
  blocks.sort((a, b) => a.start - b.start);
  return new Map(blocks.map((block) => [block.start, block]));
}

function equal(a: BlockState, b: BlockState | undefined): boolean {
  return (
    a.free === b?.free &&
    a.dirty === b.dirty &&
    a.dirtyMin === b.dirtyMin &&
    a.dirtyMax === b.dirtyMax &&
    a.list === b.list
  );
}
