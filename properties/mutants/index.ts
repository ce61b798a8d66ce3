import { blockIntegrityMutants } from './block-integrity.ts';
import { boundedBacklogMutants } from './bounded-backlog.ts';
import { boundedSpaceMutants } from './bounded-space.ts';
import { directMapPermsMutants } from './direct-map-perms.ts';
import { firstFitMutants } from './first-fit.ts';
import { flushBeforeReuseMutants } from './flush-before-reuse.ts';
import { flushExactMutants } from './flush-exact.ts';
import { flushedExactlyOnceMutants } from './flushed-exactly-once.ts';
import { lazyCountMutants } from './lazy-count.ts';
import { liveMappingIntactMutants } from './live-mapping-intact.ts';
import { lockingMutants } from './locking.ts';
import type { Mutant } from './mutant.ts';
import { noPrematurePurgeMutants } from './no-premature-purge.ts';
import { noSpuriousFailureMutants } from './no-spurious-failure.ts';
import { noStaleAliasMutants } from './no-stale-alias.ts';
import { objectLifetimeMutants } from './object-lifetime.ts';
import { spacePartitionMutants } from './space-partition.ts';
import { vreadExactMutants } from './vread-exact.ts';

/** Every mutant, in the order of the properties they break. */
export const mutants: readonly Mutant[] = [
  ...noStaleAliasMutants,
  ...flushBeforeReuseMutants,
  ...liveMappingIntactMutants,
  ...spacePartitionMutants,
  ...lazyCountMutants,
  ...blockIntegrityMutants,
  ...noSpuriousFailureMutants,
  ...directMapPermsMutants,
  ...vreadExactMutants,
  ...objectLifetimeMutants,
  ...lockingMutants,
  ...flushedExactlyOnceMutants,
  ...flushExactMutants,
  ...noPrematurePurgeMutants,
  ...boundedSpaceMutants,
  ...boundedBacklogMutants,
  ...firstFitMutants,
];
