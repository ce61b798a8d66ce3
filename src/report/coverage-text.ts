import type { CheckReport } from '../explore/check.ts';
import { grouped, wrapWords } from './words.ts';

/** What is worth knowing how often it was reached: tracepoint, and what people call it. */
const EVENTS: readonly (readonly [tracepoint: string, words: string])[] = [
  ['new_vmap_block', 'new blocks'],
  ['vb_alloc: block full', 'blocks used up'],
  ['vb_free: block dirty', 'blocks all dirty'],
  ['purge_fragmented_block', 'fragmented blocks purged'],
  ['purge_vmap_area_lazy', 'purges'],
  ['alloc_vmap_area: overflow', 'overflows'],
  ['drain_vmap_area_work', 'drains'],
  ['flush_tlb_kernel_range', 'flushes'],
];

const COLUMNS = 100;

/** What the scenarios of a check reached: operations by kind, and the events that matter. */
export function coverageText({ coverage, runs }: CheckReport): string {
  const perRun = (count: number): string => ((count / runs) * 100).toFixed(count < runs ? 1 : 0);
  const events = EVENTS.flatMap(([tracepoint, words]) => {
    const count = coverage.tracepoints.get(tracepoint) ?? 0;
    return Number.isNaN(count) ? [] : [`${perRun(count)} ${words}`];
  });
  const kinds = [...coverage.operations].map(([kind, count]) => `${kind} ${grouped(count)}`);
  return [
    ...wrapWords(`Per 100 runs: ${events.join(', ')}.`, COLUMNS, 2),
    ...wrapWords(`Operations: ${kinds.join(', ')}.`, COLUMNS, 2),
    '',
  ].join('\n');
}
