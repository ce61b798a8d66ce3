import { DROPPED_DRAIN } from './between-tasks.ts';
import type { Policy } from './policy.ts';
import { intLazyNr } from './v5.0-int-lazy-nr.ts';
import { yieldAlways } from './v5.0-yield-always.ts';
import { cachedFirstFit } from './v5.1-cached-first-fit.ts';
import { loaderResetsPerms } from './v5.1-loader-resets-perms.ts';
import { percpuFromBusy } from './v5.1-percpu-from-busy.ts';
import { lazyStaysBusy } from './v5.3-lazy-stays-busy.ts';
import { v5_4 } from './v5.4.ts';

/**
 * Linux v5.0: first fit from a cached area, no tree of free areas, every area a preempt point. That
 * a huge alignment wraps around to address 0 (afd07389d3f4, v5.1) is not modelled: pages, unlike
 * the bytes of C, do not overflow here.
 */
export const v5_0: Policy = {
  name: 'v5.0',
  title: 'Linux v5.0',
  source: 'v4.19 source; v5.4 without what its patches take back',
  patches: [
    ...v5_4.patches,
    lazyStaysBusy,
    cachedFirstFit,
    percpuFromBusy,
    loaderResetsPerms,
    yieldAlways,
    intLazyNr,
  ],
  expected: {
    ...v5_4.expected,
    'lazy-count': {
      verdict: 'violated',
      source: 'Uladzislau Rezki, 29 January 2019 (mail 3): vmap_lazy_nr is an atomic_t of 32 bits',
    },
    'no-spurious-failure': {
      verdict: 'violated',
      source:
        'alloc_vmap_area() starts behind the cached area unless size < cached_hole_size, so a ' +
        'hole of just that size is not looked at: read in the v4.19 source, found by this tool',
    },
    'first-fit': {
      verdict: 'violated',
      source:
        '68ad4a330433 (v5.2) brought the lowest fit; before, the search starts at a cached area',
    },
  },
  expectedInterleaved: DROPPED_DRAIN,
};
