import type { Policy } from './policy.ts';
import { oneLock } from './v5.4-one-lock.ts';
import { pinnedPreload } from './v5.4-pinned-preload.ts';
import { blockLookup } from './v5.8-block-lookup.ts';
import { lazyLlist } from './v5.10-lazy-llist.ts';
import { v5_11 } from './v5.11.ts';

/** Linux v5.4: the lazy areas are an unsorted list, and one lock protects busy and free areas. */
export const v5_4: Policy = {
  name: 'v5.4',
  title: 'Linux v5.4',
  source: 'v5.4 source; v5.11 without what its patches take back',
  patches: [...v5_11.patches, lazyLlist, blockLookup, oneLock, pinnedPreload],
  expected: v5_11.expected,
  expectedInterleaved: v5_11.expectedInterleaved,
};
