import { ALL_DIRTY_BLOCK } from './between-tasks.ts';
import type { Expectation, Patch, Policy } from './policy.ts';
import { allBlocks } from './tglx-1of6-all-blocks.ts';
import { oneWalk } from './tglx-2of6-one-walk.ts';
import { flushOnce } from './tglx-3of6-flush-once.ts';
import { locklessCheck } from './tglx-4of6-lockless-check.ts';
import { readOnce } from './tglx-5of6-read-once.ts';
import { keepUsable } from './tglx-6of6-keep-usable.ts';
import { v6_4 } from './v6.4.ts';

const holds = (source: string): Expectation => ({ verdict: 'holds', source });

const wrongQueueLock: Expectation = {
  verdict: 'violated',
  source: "8c61291fd850 (v6.10): the index's CPU is taken for the one whose list the block is on",
};

const wholeBlock: Expectation = {
  verdict: 'violated',
  source: 'Thomas Gleixner, 19 May 2023: a block that becomes all dirty is flushed as a whole',
};

/** The series of May 2023: each patch, and what it changes about the verdicts. */
const series: readonly [Patch, Readonly<Record<string, Expectation>>][] = [
  [allBlocks, { 'no-stale-alias': holds('fc1e0d980037') }],
  [oneWalk, { 'block-integrity': wrongQueueLock }],
  [flushOnce, { 'flushed-exactly-once': wholeBlock }],
  [locklessCheck, {}],
  [readOnce, {}],
  [keepUsable, { 'no-premature-purge': holds('77e50af07f14') }],
];

/** v6.4 with the first `count` patches of the series. */
function prefix(count: number): Policy {
  const [last] = series[count - 1] ?? [];
  return {
    name: `tglx-${count}of6`,
    title: `v6.4 + ${count} of 6: ${last?.title ?? ''}`,
    source: last?.source ?? '',
    patches: [...v6_4.patches, ...series.slice(0, count).map(([patch]) => patch)],
    expected: Object.assign({}, v6_4.expected, ...series.slice(0, count).map(([, e]) => e)),
    expectedInterleaved: ALL_DIRTY_BLOCK,
  };
}

export const tglxSeries: readonly Policy[] = [1, 2, 3, 4, 5, 6].map(prefix);

/** Linux v6.5: v6.4 and the six patches. */
export const v6_5: Policy = { ...prefix(6), name: 'v6.5', title: 'Linux v6.5' };
