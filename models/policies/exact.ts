import { dirtySet } from './exact-dirty-set.ts';
import { lowestFit } from './exact-lowest-fit.ts';
import { exactVread } from './exact-vread.ts';
import type { Policy } from './policy.ts';
import { v6_5 } from './v6.5.ts';
import { blockCpu } from './v6.10-block-cpu.ts';
import { possibleHash } from './v6.10-possible-hash.ts';

/**
 * Holds every property, safety and economy, at a price. 20,000 steps of vm_map_ram traffic (up to
 * 200 regions of 1 to 64 pages) with some vmalloc beside it, on 4 CPUs with blocks of 1024 pages:
 *
 * |                | calls | ranges | longest list | pages asked |   dirty | arm32, estimated |
 * |----------------|-------|--------|--------------|-------------|---------|------------------|
 * | v6.5           |    41 |     41 |            1 |   1,622,041 | 328,569 |        25,953 us |
 * | mail1-per-area |    41 |  1,803 |           53 |   1,120,420 | 328,569 |        17,927 us |
 * | exact          |    41 | 10,405 |          270 |     328,569 | 328,569 |         5,257 us |
 *
 * On x86-64 it gains nothing there, for all 41 are full flushes either way. Memory: a bit a page,
 * 128 bytes a block of 1024 pages, and room for the longest list, 16 bytes a range. Time: every
 * flush walks every block, drains included; areas on the purge list are not merged; a search with
 * an alignment above a page may visit every free area.
 */
export const exact: Policy = {
  name: 'exact',
  title: 'v6.5 + every dirty page flushed once and nothing else, every known fault mended',
  source: 'ours, for what mail 1 asks',
  patches: [...v6_5.patches, possibleHash, blockCpu, lowestFit, exactVread, dirtySet],
  expected: {},
  expectedInterleaved: {},
};
