import { rangeAtInsertion } from './mail3-range-at-insertion.ts';
import type { Expectation, Patch, Policy } from './policy.ts';
import { v5_0 } from './v5.0.ts';
import { intLazyNr } from './v5.0-int-lazy-nr.ts';
import { yieldAlways } from './v5.0-yield-always.ts';
import { v5_4 } from './v5.4.ts';
import { v6_1 } from './v6.1.ts';

const MAIL3 = 'Uladzislau Rezki, 29 January 2019 (mail 3)';

const holds = (source: string): Expectation => ({ verdict: 'holds', source });
const violated = (source: string): Expectation => ({ verdict: 'violated', source });

/** v5.0, the kernel of the mail, without what patches put back to get there from v5.4. */
function v5_0Without(...patches: readonly Patch[]): readonly Patch[] {
  return v5_0.patches.filter((patch) => !patches.includes(patch));
}

/**
 * v5.4 has a tree of free areas, and still, without the patch of the mail, its backlog of lazy
 * pages grows without bound once enough CPUs allocate and free at a time. One task at a time cannot
 * show it: nobody waits for the lock that the purge offers. Simulated contention does, in
 * test/src/workload/contention.test.ts.
 */
const always: Policy = {
  name: 'mail3-yield-always',
  title: 'v5.4 + a preempt point after every area, as v4.10 to v5.0 have it',
  source: yieldAlways.source,
  patches: [...v5_4.patches, yieldAlways],
  expected: {
    ...v5_4.expected,
    'bounded-backlog': holds(
      `${MAIL3}: it takes contention, which one task at a time is not; on eight CPUs, as ` +
        'there, compare --workload stress shows the backlog grow without bound',
    ),
  },
  expectedInterleaved: v5_4.expectedInterleaved,
};

const threshold: Policy = {
  name: 'mail3-threshold',
  title: 'v5.0 + mm: add priority threshold to __purge_vmap_area_lazy()',
  source: `${MAIL3}: the patch`,
  patches: v5_0Without(yieldAlways),
  expected: v5_0.expected,
  expectedInterleaved: v5_0.expectedInterleaved,
};

const atInsertion: Policy = {
  name: rangeAtInsertion.name,
  title: `v5.4 + ${rangeAtInsertion.title}`,
  source: rangeAtInsertion.source,
  patches: [...v5_4.patches, rangeAtInsertion],
  expected: v5_4.expected,
  expectedInterleaved: v5_4.expectedInterleaved,
};

/** On v6.1, where what is freed waits for a worker: two areas of 2^30 pages are enough. */
const intCounter: Policy = {
  name: 'mail3-int-counter',
  title: 'v6.1 + vmap_lazy_nr is an atomic_t of 32 bits',
  source: `${MAIL3}: "atomit_t is 32 bit integer value on both 32 and 64 bit systems"`,
  patches: [...v6_1.patches, intLazyNr],
  expected: {
    ...v6_1.expected,
    'lazy-count': violated(`${MAIL3}: "vmap_lazy_nr should be 8 bytes on 64 bit as well"`),
  },
  expectedInterleaved: v6_1.expectedInterleaved,
};

const longCounter: Policy = {
  name: 'mail3-long-counter',
  title: 'v5.0 + the threshold + vmap_lazy_nr is an atomic_long_t',
  source: `${MAIL3}: "perhaps vmap_lazy_nr should be atomic_long_t?"`,
  patches: v5_0Without(yieldAlways, intLazyNr),
  expected: { ...v5_0.expected, 'lazy-count': holds(`${MAIL3}: what the longer counter is for`) },
  expectedInterleaved: v5_0.expectedInterleaved,
};

/** The patch of mail 3, and what is asked about it there. */
export const mail3: readonly Policy[] = [always, threshold, atInsertion, intCounter, longCounter];
