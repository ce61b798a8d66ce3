import type { Lock } from '../../models/kernel/locks.ts';
import type { StressOptions, StressResult } from './contention.ts';
import type { Clock } from './contention-kernel.ts';
import type { Scheduler } from './contention-scheduler.ts';

/** Into how many spans a run is divided to show the backlog over time. */
export const BACKLOG_SPANS = 60;

/** How much more than in the first half a backlog may be in the second. */
const GROWTH_MAX = 1.25;

/** Up to so many times lazy_max_pages() a backlog is no news. */
const LEVEL_MIN = 4;

/** What a run tells of a backlog. `unreached`: it ended before there was anything to purge. */
export type BacklogVerdict = 'bounded' | 'grows' | 'unreached';

/**
 * A backlog of lazy pages grows, as far as a run can tell, if its maximum in the second half is
 * more than a quarter above that of the first half, and above four times lazy_max_pages(): from
 * twice that on a purge lets nobody in between, and as much again comes in while it walks the list
 * for the flush range. What grows without end makes the second maximum 1.4 times the first (with
 * the square root of time) to twice (in proportion to time).
 */
export function backlogVerdict(
  [first, second]: readonly [number, number],
  lazyMaxPages: number,
): BacklogVerdict {
  if (Math.max(first, second) <= lazyMaxPages) return 'unreached';
  const grows = second > first * GROWTH_MAX && second > lazyMaxPages * LEVEL_MIN;
  return grows ? 'grows' : 'bounded';
}

/** Lets what a kernel does take time, and measures how long. */
export class ContentionMeter implements Clock {
  readonly #options: StressOptions;
  readonly #backlog: number[] = Array.from({ length: BACKLOG_SPANS }, () => 0);
  /** Null until time has begun: what is done before takes none. */
  #scheduler: Scheduler | null = null;
  #allocations = 0;
  #allocationTicks = 0;
  #longestAllocation = 0;
  #purges = 0;
  #purgeTicks = 0;
  #longestPurge = 0;
  #purgeBegun = Number.NaN;

  constructor(options: StressOptions) {
    this.#options = options;
  }

  start(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler?.now ?? 0;
  }

  isContended(lock: Lock): boolean {
    return this.#scheduler?.isContended(lock) ?? false;
  }

  nodeVisited(): void {
    this.#scheduler?.spend(this.#options.ticksPerNode);
  }

  /** The running task has mapped so many pages. */
  pagesMapped(pages: number): void {
    this.#scheduler?.spend(pages * this.#options.ticksPerPage);
  }

  allocated(begun: number): void {
    if (this.#scheduler === null) return;
    const ticks = this.now() - begun;
    this.#allocations++;
    this.#allocationTicks += ticks;
    this.#longestAllocation = Math.max(this.#longestAllocation, ticks);
  }

  purgeBegins(): void {
    this.#purgeBegun = this.now();
  }

  purgeEnds(hadWork: boolean): void {
    const ticks = this.now() - this.#purgeBegun;
    this.#purgeBegun = Number.NaN;
    if (!hadWork) return;
    this.#purges++;
    this.#purgeTicks += ticks;
    this.#longestPurge = Math.max(this.#longestPurge, ticks);
  }

  /** A tick is over; `lazyPages`: vmap_lazy_nr now. */
  ticked(lazyPages: number): void {
    const span = Math.ceil((this.now() * BACKLOG_SPANS) / this.#options.ticks) - 1;
    if (lazyPages > (this.#backlog[span] ?? 0)) this.#backlog[span] = lazyPages;
  }

  /** What was measured up to now. */
  results(): Omit<StressResult, 'policy' | 'options' | 'complaints' | 'death'> {
    if (!Number.isNaN(this.#purgeBegun)) this.purgeEnds(true);
    const half = BACKLOG_SPANS / 2;
    const mostInHalves = [
      Math.max(...this.#backlog.slice(0, half)),
      Math.max(...this.#backlog.slice(half)),
    ] as const;
    return {
      backlog: this.#backlog,
      mostInHalves,
      verdict: backlogVerdict(mostInHalves, this.#options.lazyMaxPages),
      allocations: this.#allocations,
      longestAllocation: this.#longestAllocation,
      meanAllocation: this.#allocationTicks / Math.max(this.#allocations, 1),
      purges: this.#purges,
      longestPurge: this.#longestPurge,
      purgingPerAllocation: this.#purgeTicks / Math.max(this.#allocations, 1),
    };
  }
}
