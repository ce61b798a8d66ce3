import { FREED_AREA } from './between-tasks.ts';
import type { Policy } from './policy.ts';
import { flushPurgedBlocks } from './v5.12-flush-purged-blocks.ts';
import { vreadFromStart } from './v5.12-vread-from-start.ts';
import { beforeV5_14, v5_13 } from './v5.13.ts';
import { v6_1 } from './v6.1.ts';

const { 'vread-exact': vreadExact } = v6_1.expected;

/** Linux v5.11: the lazy areas are sorted and merged, and whoever frees too many purges them. */
export const v5_11: Policy = {
  name: 'v5.11',
  title: 'Linux v5.11',
  source: 'v5.13 without what its patches take back',
  patches: [...beforeV5_14, vreadFromStart, flushPurgedBlocks],
  expected: {
    ...v5_13.expected,
    ...(vreadExact && { 'vread-exact': vreadExact }),
  },
  expectedInterleaved: { ...v5_13.expectedInterleaved, ...FREED_AREA },
};
