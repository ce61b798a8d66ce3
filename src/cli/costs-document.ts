import type { Costs } from '../workload/measure.ts';

/** What a workload cost, for programs. */
export function costsDocument({ flush, space, peaks, ...rest }: Costs) {
  const { costs, ...counts } = flush;
  return {
    ...rest,
    ...counts,
    architectures: Object.fromEntries(costs.map(({ arch, ...one }) => [arch, one])),
    highestPageTaken: space.highest,
    pagesTaken: space.taken,
    lazyPages: peaks?.lazyPages ?? null,
    longestWalks: peaks?.walks ?? null,
  };
}
