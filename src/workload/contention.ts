import { Hardware } from '../../models/hardware/hardware.ts';
import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { Kernel, KernelClass } from '../../models/kernel/kernel.ts';
import { LockingError } from '../../models/kernel/locks.ts';
import { KernelBug, KernelOops } from '../../models/kernel/oops.ts';
import { runStraight } from '../../models/kernel/point.ts';
import { Random } from '../explore/random.ts';
import { busyAreas, stressWorker } from './contention-cases.ts';
import { bootTimed } from './contention-kernel.ts';
import { type BacklogVerdict, ContentionMeter } from './contention-meter.ts';
import { Scheduler } from './contention-scheduler.ts';
import { lazyMaxPages, realMachine } from './machines.ts';

/**
 * How the stress is run, and what takes how long. A tick is what a CPU needs from one scheduling
 * point to the next: a lock, an atomic, a READ_ONCE.
 */
export interface StressOptions {
  readonly cpus: number;
  readonly ticks: number;
  readonly seed: number;
  /** What lazy_max_pages() returns. */
  readonly lazyMaxPages: number;
  /** Areas of a page that each CPU has allocated beforehand and keeps. */
  readonly busyAreas: number;
  /**
   * Ticks to visit a node of a list. Three, because then the walk for the flush range is three
   * eighths of an undisturbed purge: 4.5 of 12 ms in mail 3. Such a list of 16,384 areas takes
   * 131,072 ticks, so that a tick stands for about 0.1 us of that board.
   */
  readonly ticksPerNode: number;
  /** Ticks to allocate, map, unmap and free one page. Assumed. */
  readonly ticksPerPage: number;
}

/** The machine of mail 3, eight CPUs, for 300,000 ticks, which stand for about 30 ms. */
export function stressOptions(changes: Partial<StressOptions> = {}): StressOptions {
  const cpus = changes.cpus ?? 8;
  return {
    cpus,
    ticks: 300_000,
    seed: 1,
    lazyMaxPages: lazyMaxPages(cpus),
    busyAreas: 100,
    ticksPerNode: 3,
    ticksPerPage: 1,
    ...changes,
  };
}

/** What a policy's backlog did under stress. Times in ticks. */
export interface StressResult {
  readonly policy: string;
  readonly options: StressOptions;
  /** The most lazy pages in each of BACKLOG_SPANS spans of the run, all of the same length. */
  readonly backlog: readonly number[];
  /** The most in the first and in the second half of the run. */
  readonly mostInHalves: readonly [number, number];
  readonly verdict: BacklogVerdict;
  readonly allocations: number;
  /** The longest alloc_vmap_area(), one that has not returned yet aside. */
  readonly longestAllocation: number;
  readonly meanAllocation: number;
  /** Purges that had something to purge, one that is not over yet included. */
  readonly purges: number;
  readonly longestPurge: number;
  /** Ticks that somebody has spent purging, for each allocation. */
  readonly purgingPerAllocation: number;
  /** Rules that the kernel broke. */
  readonly complaints: readonly string[];
  /** Why the machine stopped before the end; null: it did not. */
  readonly death: string | null;
}

/**
 * Runs the stress of test_vmalloc.sh, all cases on all CPUs, on a policy's kernel in simulated
 * time. The same options give the same result. Source: mail 3, "the test cases are run
 * simultaneously on all online CPUs applying a pressure on the vmalloc subsystem".
 */
export function simulateStress(
  policy: string,
  Base: KernelClass,
  options: StressOptions,
): StressResult {
  const machine: Machine = { ...realMachine(options.cpus), lazyMaxPages: options.lazyMaxPages };
  const complaints: string[] = [];
  const meter = new ContentionMeter(options);
  const observer = observerOf(complaints, (pages) => meter.pagesMapped(pages));
  const kernel = bootTimed(Base, machine, new Hardware(machine, observer), observer, meter);
  runStraight(busyAreas(kernel, options.busyAreas * options.cpus));

  const scheduler = new Scheduler(kernel);
  meter.start(scheduler);
  startWorkers(kernel, scheduler, options.seed);
  let death: string | null = null;
  while (death === null && scheduler.now < options.ticks) {
    death = tickOrDie(scheduler);
    meter.ticked(kernel.vmap_lazy_nr.value);
  }
  return { policy, options, complaints, death, ...meter.results() };
}

/** Why the machine died in this tick, or null. */
function tickOrDie(scheduler: Scheduler): string | null {
  try {
    scheduler.tick();
    return null;
  } catch (error) {
    const kills = [KernelBug, KernelOops, LockingError].some((Kind) => error instanceof Kind);
    if (kills && error instanceof Error) return error.message;
    throw error;
  }
}

function startWorkers(kernel: Kernel, scheduler: Scheduler, seed: number): void {
  kernel.interleaved = true;
  kernel.workersAreTasks = true;
  const random = new Random(seed);
  for (const cpu of kernel.machine.onlineCpus) {
    scheduler.spawn(`vmalloc_test/${cpu}`, cpu, stressWorker(kernel, new Random(random.next())));
  }
}

/** Sees pages mapped and rules broken; the rest does not matter to time. */
function observerOf(complaints: string[], pagesMapped: (pages: number) => void): KernelObserver {
  return {
    ptesSet: (_start, count) => pagesMapped(count),
    complaint: (_cause, text) => complaints.push(text),
    ptesCleared() {},
    flushAsked() {},
    invalidated() {},
    frameAllocated() {},
    frameFreed() {},
    directMapSet() {},
    innerFreeBegins() {},
    innerFreeReturned() {},
    innerAllocated() {},
  };
}
