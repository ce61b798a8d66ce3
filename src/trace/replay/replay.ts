import type { KernelClass } from '../../../models/kernel/kernel.ts';
import { LockingError } from '../../../models/kernel/locks.ts';
import { KernelBug, KernelOops } from '../../../models/kernel/oops.ts';
import type { KernelTrace, TraceEvent, TraceLine } from '../event.ts';
import { machineOf } from '../machine.ts';
import { Calls } from './calls.ts';
import { snapshotDifference } from './compare-snapshot.ts';
import { judgeCounter } from './lazy-counter.ts';
import { Matcher, unrecordedCodes } from './matcher.ts';
import { Model } from './model.ts';
import { type ModelState, modelState } from './model-state.ts';
import { OpenCalls } from './open-calls.ts';
import { OpenOrders } from './open-orders.ts';
import { ordersThatFit } from './order-search.ts';
import { requestsOf } from './requests.ts';
import { type Count, type Divergence, Tally } from './tally.ts';

/** How a policy's model compares with the kernel that a trace was recorded of. */
export interface Replay {
  /** Lines of the trace behind the header. */
  readonly events: number;
  readonly counts: readonly Count[];
  readonly first: Divergence | null;
  /** Why the model stopped before the end; null: it did not. */
  readonly died: string | null;
  /** Times the trace leaves open which came first, and one of the two answers was recorded. */
  readonly openOrders: number;
  /** Other orders that were replayed, as the likely ones diverged. */
  readonly ordersTried: number;
  /** Values of vmap_lazy_nr that stand in another order than their lines. */
  readonly countsOutOfOrder: number;
  /** Flushes that are none of mm/vmalloc.c. */
  readonly foreignFlushes: number;
}

export interface ReplayOptions {
  /** Stop at the first divergence in the likely order: the rest is not compared. */
  readonly untilDivergence?: boolean;
}

/**
 * Replays a trace through a policy in the recorded order. The model is told what was asked: sizes,
 * alignments, ranges, CPUs, which area is freed, which lists are purged; and what it does is held
 * against what was recorded. Where the record leaves an order open and the likely one does not fit,
 * others are tried.
 */
export function replayTrace(
  Base: KernelClass,
  trace: KernelTrace,
  options: ReplayOptions = {},
): Replay {
  const { untilDivergence = false } = options;
  const whole = replayOnce(Base, trace, new OpenOrders(), { untilDivergence });
  if (whole.first === null || untilDivergence) return whole;
  const attempt = (orders: OpenOrders): number => {
    const { first } = replayOnce(Base, trace, orders, { untilDivergence: true });
    return first?.line.line ?? Number.POSITIVE_INFINITY;
  };
  const { given, tried } = ordersThatFit(attempt, trace.lines.length);
  const best = given.size === 0 ? whole : replayOnce(Base, trace, new OpenOrders(given), {});
  const { first } = best;
  if (first?.kind !== 'lazy counts') return { ...best, ordersTried: tried };
  // The counter is judged last: how the model was then, it has to be asked again.
  const { state } = replayOnce(Base, trace, new OpenOrders(given), { upTo: first.line.line });
  return { ...best, first: { ...first, state }, ordersTried: tried };
}

interface Stop {
  readonly untilDivergence?: boolean;
  /** The last line that is replayed. */
  readonly upTo?: number;
}

/** Also says how the model is at the end. */
function replayOnce(
  Base: KernelClass,
  trace: KernelTrace,
  orders: OpenOrders,
  { untilDivergence = false, upTo = Number.POSITIVE_INFINITY }: Stop,
): Replay & { readonly state: ModelState } {
  const tally = new Tally();
  const model = new Model(Base, machineOf(trace.header), trace.header.startPage);
  const matcher = new Matcher(model, tally);
  const codes = new Set(trace.lines.map(({ code }) => code));
  const open = new OpenCalls(model, matcher, unrecordedCodes(codes));
  const hasNodes = codes.has('n') || trace.header.nodes > 1;
  const requests = requestsOf(trace);
  const calls = new Calls({ model, matcher, tally, requests, open, orders, hasNodes });
  let died: string | null = null;
  for (const line of trace.lines) {
    if (line.line > upTo || (untilDivergence && tally.first !== null)) break;
    died = replayLine(line, model, calls, tally);
    if (died !== null) break;
  }
  open.end();
  const countsOutOfOrder = judgeCounts(trace, model, matcher, tally);
  return {
    events: trace.lines.length,
    counts: tally.counts(),
    first: tally.first,
    died,
    openOrders: calls.openOrders,
    ordersTried: 0,
    countsOutOfOrder,
    foreignFlushes: calls.foreignFlushes,
    state: modelState(model, [], 0),
  };
}

/** Returns why the model stopped, null if it did not. */
function replayLine(line: TraceLine, model: Model, calls: Calls, tally: Tally): string | null {
  model.looks.line = line.line;
  if (line.code !== 'snap') {
    const problem = attempt(() => calls.take(line));
    if (problem !== null)
      tally.differs('snapshots', line.line, () => stopped(line, problem, model));
    return problem;
  }
  calls.stopped(line);
  const difference = snapshotDifference(model.kernel, line);
  if (difference === null) {
    tally.matches('snapshots');
    return null;
  }
  const [what = '', expected = '', actual = ''] = difference;
  tally.differs('snapshots', line.line, () => ({
    line,
    expected: `${what}: ${expected}`,
    actual,
    state: modelState(model, [], 0),
  }));
  return null;
}

function stopped(line: TraceEvent, problem: string, model: Model): Omit<Divergence, 'kind'> {
  const state = modelState(model, [], 0);
  return { line, expected: 'goes on', actual: `stops: ${problem}`, state };
}

/** Why the kernel stopped; null: it did not. Throws what no kernel throws. */
function attempt(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    const isKernels =
      error instanceof KernelBug || error instanceof KernelOops || error instanceof LockingError;
    if (isKernels) return error.message;
    throw error;
  }
}

/** Compares the recorded values of vmap_lazy_nr. Returns how many were in another order. */
function judgeCounts({ lines }: KernelTrace, model: Model, matcher: Matcher, tally: Tally): number {
  const { compared, outOfOrder, mismatches } = judgeCounter(matcher.changes);
  tally.matches('lazy counts', compared - mismatches.length);
  for (const { line: number, recorded, model: value } of mismatches) {
    const line = lines[number - 2];
    if (line === undefined) continue;
    tally.differs('lazy counts', number, () => ({
      line,
      expected: `vmap_lazy_nr ${recorded}`,
      actual: `vmap_lazy_nr ${value}`,
      state: modelState(model, [], 0),
    }));
  }
  return outOfOrder;
}
