import { UNLOCKED_SHRINKER } from './between-tasks.ts';
import type { Expectation, Policy } from './policy.ts';
import { v6_5 } from './v6.5.ts';
import { busyNodes } from './v6.9-busy-nodes.ts';
import { lazyNodes } from './v6.9-lazy-nodes.ts';
import { nrNodes } from './v6.9-nr-nodes.ts';
import { pools } from './v6.9-pools.ts';
import { shrinker } from './v6.9-shrinker.ts';
import { vbAllocSize0 } from './v6.9-vb-alloc-size-0.ts';
import { vreadNodes } from './v6.9-vread-nodes.ts';
import { bindBeforePublish } from './v6.10-bind-before-publish.ts';
import { blockCpu } from './v6.10-block-cpu.ts';
import { possibleHash } from './v6.10-possible-hash.ts';
import { batchedCount } from './v6.11-batched-count.ts';
import { shrinkerLock } from './v6.12-shrinker-lock.ts';

const holds = (source: string): Expectation => ({ verdict: 'holds', source });

/** Linux v6.9: vmap nodes, with pools of areas that are ready for reuse. */
const v6_9: Policy = {
  name: 'v6.9',
  title: 'Linux v6.9',
  source: 'Uladzislau Rezki, v3, 2 January 2024, and the commits named by its patches',
  patches: [
    ...v6_5.patches,
    busyNodes,
    lazyNodes,
    pools,
    vreadNodes,
    nrNodes,
    shrinker,
    vbAllocSize0,
  ],
  expected: {
    ...v6_5.expected,
    'first-fit': {
      verdict: 'violated',
      source: '72210662c5a2: an area ready in the pool is taken, wherever it lies',
    },
  },
  expectedInterleaved: { ...v6_5.expectedInterleaved, ...UNLOCKED_SHRINKER },
};

/** Linux v6.10: blocks leave the queue they are on, and every index belongs to a CPU. */
const v6_10: Policy = {
  name: 'v6.10',
  title: 'Linux v6.10',
  source: 'v6.9 and the commits named by its patches',
  patches: [...v6_9.patches, blockCpu, possibleHash, bindBeforePublish],
  expected: {
    ...v6_9.expected,
    'block-integrity': holds('8c61291fd850'),
    'object-lifetime': holds('a34acf30b19b'),
  },
  expectedInterleaved: v6_9.expectedInterleaved,
};

/** Linux v6.12 as Debian has it. */
export const v6_12: Policy = {
  name: 'v6.12',
  title: 'Linux v6.12',
  source: 'linux-source-6.12 (6.12.117)',
  patches: [...v6_10.patches, batchedCount, shrinkerLock],
  expected: v6_10.expected,
  expectedInterleaved: v6_5.expectedInterleaved,
};

/** The versions with vmap nodes, oldest first. */
export const nodeVersions: readonly Policy[] = [v6_9, v6_10, v6_12];
