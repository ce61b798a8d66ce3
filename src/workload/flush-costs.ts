import type { ArchProfile } from '../../models/hardware/arch.ts';
import { archProfile, planFlushList } from '../../models/hardware/arch-profiles.ts';
import { emptyFlushPlan } from '../../models/hardware/hardware.ts';
import { ARCH_NAMES, type ArchName } from '../../models/hardware/machine.ts';

/** What all flushes of a run together cost on one architecture. */
export interface ArchCosts {
  readonly arch: ArchName;
  /** Estimated, see COSTS. */
  readonly microseconds: number;
  readonly ipis: number;
  /** Invalidation instructions, over all CPUs. */
  readonly instructions: number;
}

interface Sum {
  readonly profile: ArchProfile;
  nanoseconds: number;
  ipis: number;
  instructions: number;
}

const NANOSECONDS_PER_MICROSECOND = 1_000;

/**
 * Adds up what flushes cost on every architecture, whichever the machine is: what a kernel asks to
 * be flushed does not depend on it.
 */
export class FlushCosts {
  readonly #onlineCpus: number;
  readonly #sums: readonly Sum[];
  readonly #plan = emptyFlushPlan();

  constructor(onlineCpus: number) {
    this.#onlineCpus = onlineCpus;
    this.#sums = ARCH_NAMES.map((name) => ({
      profile: archProfile(name),
      nanoseconds: 0,
      ipis: 0,
      instructions: 0,
    }));
  }

  /** One flush of ranges start, end, ... in pages: of one range, or of a list handed over whole. */
  add(ranges: readonly number[]): void {
    const plan = this.#plan;
    const [start = 0, end = 0] = ranges;
    for (const sum of this.#sums) {
      if (ranges.length === 2) sum.profile.planFlush(start, end, this.#onlineCpus, plan);
      else planFlushList(sum.profile, ranges, this.#onlineCpus, plan);
      sum.nanoseconds += plan.nanoseconds;
      sum.ipis += plan.ipis;
      sum.instructions += plan.instructions;
    }
  }

  /** The sums so far. */
  total(): readonly ArchCosts[] {
    return this.#sums.map(({ profile, nanoseconds, ipis, instructions }) => ({
      arch: profile.name,
      microseconds: nanoseconds / NANOSECONDS_PER_MICROSECOND,
      ipis,
      instructions,
    }));
  }
}
