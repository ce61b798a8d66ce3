import type { Policy } from './policy.ts';
import { silentSplit } from './v5.19-silent-split.ts';
import { v6_1 } from './v6.1.ts';

/**
 * Linux v5.18, the first version that drains in a work item. Of what this model can see, v6.1 does
 * one thing more: it warns when a free area cannot be split. The rest between them is refactoring.
 */
export const v5_18: Policy = {
  name: 'v5.18',
  title: 'Linux v5.18',
  source: 'v5.18 source; v6.1 without what its patches take back',
  patches: [...v6_1.patches, silentSplit],
  expected: v6_1.expected,
  expectedInterleaved: v6_1.expectedInterleaved,
};
