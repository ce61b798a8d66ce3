/** One figure of the benchmark. */
export interface Figure {
  readonly name: string;
  /** Operations per second of one core's time. */
  readonly perSecond: number;
  /** What was aimed for, or null. */
  readonly aim: number | null;
}

/** CPU seconds that `work` took, user and system, of this process alone. */
export function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Runs `work`, which does `count` operations, `times` times and keeps the fastest. */
export function measure(
  name: string,
  count: number,
  work: () => unknown,
  aim: number | null = null,
): Figure {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) best = Math.min(best, cpuSeconds(work));
  return { name, perSecond: count / best, aim };
}

/**
 * What this machine can do at all: inserts into and deletes from a Map, the yardstick all figures
 * are related to, since they are comparable only as ratios within one run.
 */
export function yardstick(): Figure {
  const count = 2_000_000;
  return measure('yardstick: Map.set + Map.delete', count, () => {
    const map = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      map.set(i & 1023, i);
      map.delete((i + 512) & 1023);
    }
  });
}
