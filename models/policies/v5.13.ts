import { DROPPED_DRAIN } from './between-tasks.ts';
import type { Policy } from './policy.ts';
import { singlePages } from './v5.13-single-pages.ts';
import { containedVread } from './v5.14-contained-vread.ts';
import { paddedSearch } from './v5.15-padded-search.ts';
import { drainByCaller } from './v5.17-drain-by-caller.ts';
import { v5_18 } from './v5.18.ts';

/** What v5.11 and v5.13 share, from v5.18 backwards. */
export const beforeV5_14: Policy['patches'] = [
  ...v5_18.patches,
  drainByCaller,
  paddedSearch,
  singlePages,
];

const PADDED = '9f531973dff3: the search asks for a page more where one page is the alignment';

/** Linux v5.13: vread looks for the area that contains the address. */
export const v5_13: Policy = {
  name: 'v5.13',
  title: 'Linux v5.13',
  source: 'v5.18 without what its patches take back',
  patches: [...beforeV5_14, containedVread],
  expected: {
    ...v5_18.expected,
    'no-spurious-failure': { verdict: 'violated', source: PADDED },
    'vread-exact': {
      verdict: 'violated',
      source: 'f181234a5a21: a read that begins in a hole finds nothing behind it',
    },
    'first-fit': { verdict: 'violated', source: PADDED },
  },
  expectedInterleaved: DROPPED_DRAIN,
};
