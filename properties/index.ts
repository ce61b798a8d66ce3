import { blockIntegrity } from './block-integrity.ts';
import { boundedBacklog } from './bounded-backlog.ts';
import { boundedSpace } from './bounded-space.ts';
import { directMapPerms } from './direct-map-perms.ts';
import { firstFit } from './first-fit.ts';
import { flushBeforeReuse } from './flush-before-reuse.ts';
import { flushExact } from './flush-exact.ts';
import { flushedExactlyOnce } from './flushed-exactly-once.ts';
import { lazyCount } from './lazy-count.ts';
import { liveMappingIntact } from './live-mapping-intact.ts';
import { locking } from './locking.ts';
import { noPrematurePurge } from './no-premature-purge.ts';
import { noSpuriousFailure } from './no-spurious-failure.ts';
import { noStaleAlias } from './no-stale-alias.ts';
import { objectLifetime } from './object-lifetime.ts';
import type { Property } from './property.ts';
import { spacePartition } from './space-partition.ts';
import { vreadExact } from './vread-exact.ts';

/** Every property, safety first, in the order they are shown. */
export const properties: readonly Property[] = [
  noStaleAlias,
  flushBeforeReuse,
  liveMappingIntact,
  spacePartition,
  lazyCount,
  blockIntegrity,
  noSpuriousFailure,
  directMapPerms,
  vreadExact,
  objectLifetime,
  locking,
  flushedExactlyOnce,
  flushExact,
  noPrematurePurge,
  boundedSpace,
  boundedBacklog,
  firstFit,
];

/** Those that have a meaning while several calls are in flight. */
export const interleavedProperties: readonly Property[] = properties.filter(
  ({ interleaved }) => interleaved !== 'never',
);
