import { describe, expect, test } from 'vitest';
import { wrapWords } from '../../../../src/report/words.ts';
import { checkTrace } from '../../../../src/trace/check/check-trace.ts';
import type { Finding, TraceProperty } from '../../../../src/trace/check/findings.ts';
import { TRACE_PROPERTIES } from '../../../../src/trace/check/findings.ts';
import { readTrace } from '../../../../src/trace/read.ts';

const HEADER = {
  format: 'vmtrace-1',
  kernel: '6.1.0',
  cpus: 2,
  cpus_online: 2,
  vmalloc_start: '0xffffc90000000000',
  vmalloc_end: '0xffffe8ffffffffff',
  modules_page: 14763687936,
  modules_end_page: 14763945984,
  nr_vmap_nodes: 1,
  vmap_zone_pages: 16,
  lazy_max_pages: 50,
  block_pages: 16,
  pids: {},
};

type Line = readonly (string | number | null)[];

/** Task 1 on CPU 0 unless a line begins with another task's number. */
function findingsOf(lines: readonly Line[]): Record<string, Finding> {
  const text = lines.map((line, at) => {
    const [first] = line;
    const rest = typeof first === 'number' ? line : [1, ...line];
    return JSON.stringify([1_000 + at, Number(rest[0]) - 1, ...rest]);
  });
  const trace = readTrace([JSON.stringify(HEADER), ...text].join('\n'));
  return Object.fromEntries(checkTrace(trace).findings.map((one) => [one.property, one]));
}

const take = (addr: number, pages: number, kind = 'vmalloc'): Line => [
  'A',
  addr,
  pages,
  1,
  kind,
  'G',
  'caller',
];
const lazy = (addr: number, pages: number, nr: number): Line => ['F', addr, pages, nr];
const flush = (start: number, end: number): Line => ['T', start, end, '__purge_vmap_area_lazy'];
const P: Line = ['P', null, null, 0];

/** An area is taken, unmapped, purged and taken again: nothing is wrong with it. */
const FINE: readonly Line[] = [
  take(0, 4), // line 2
  ['N', 0, 4],
  lazy(0, 4, 4),
  P,
  ['D', 0],
  flush(0, 4), // line 7
  ['M', 0, 4],
  ['p', 1],
  take(0, 4), // line 10
];

/** A block, two mappings of 8 pages: used up. One is unmapped. */
const USED_UP: readonly Line[] = [
  take(0, 16, 'vmblock'),
  ['B', 0, 8, 'task'],
  ['B', 8, 8, 'task'], // line 4
  ['b', 0, 8],
  ['N', 0, 8], // line 6
  ['b', 8, 8],
  [2, 'U', 1],
];

/** What makes each property fail, and the lines that show it. */
const DAMAGED: readonly (readonly [TraceProperty, readonly Line[], readonly number[]])[] = [
  ['flush-before-reuse', FINE.toSpliced(5, 1, flush(1, 4)), [3, 10]],
  ['no-stale-alias', [...USED_UP, [2, ...P], [2, 'u']], [4, 6, 8, 10]],
  ['space-partition', FINE.toSpliced(1, 0, take(2, 4)), [2, 3]],
  ['lazy-count', FINE.with(2, lazy(0, 4, 5)), [4]],
  ['flushed-exactly-once', FINE.toSpliced(6, 0, flush(0, 4)), [3, 7, 8]],
  ['flush-exact', FINE.with(5, flush(0, 400)), [5, 7]],
  [
    'no-premature-purge',
    [
      take(0, 16, 'vmblock'),
      ['B', 0, 8, 'task'],
      ['b', 0, 8],
      ['N', 0, 8],
      ['U', 0],
      ['X', 0, 8, 8],
    ],
    [2, 6, 7],
  ],
  ['bounded-space', [take(0, 4), ['N', 0, 4], lazy(0, 4, 4), ['U', 0], ['u']], [4, 5, 6]],
  ['bounded-backlog', [take(0, 60), ['N', 0, 60], lazy(0, 60, 60)], [4]],
  ['first-fit', [take(4, 4)], [2]],
];

describe('what a record says of its kernel', () => {
  test('nothing, where nothing is wrong', () => {
    for (const { violations } of Object.values(findingsOf(FINE))) expect(violations).toBe(0);
  });

  test.each(DAMAGED)('%s is seen to be violated, and in which lines', (property, lines, shown) => {
    const found = findingsOf(lines)[property];
    expect(found?.violations).toBe(1);
    expect(found?.evidence?.lines).toEqual(shown);
  });

  test('there is a damaged record for every property', () => {
    expect(DAMAGED.map(([property]) => property).sort()).toEqual([...TRACE_PROPERTIES].sort());
  });

  test('a stale alias is told with the block that hides it', () => {
    const lines: readonly Line[] = [...USED_UP, [2, ...P], [2, 'u'], [2, ...flush(0, 16)]];
    const evidence = findingsOf(lines)['no-stale-alias']?.evidence;
    expect(evidence?.lines).toEqual([4, 6, 8, 10, 11]);
    expect(wrapWords(evidence?.detail ?? '', 80).join('\n')).toMatchInlineSnapshot(`
      "vm_unmap_aliases(), called in line 8, returns in line 10 and leaves 8 stale
      pages behind, unmapped before it was called: line 6 cleared the PTE of page 0,
      and it flushes nothing. Line 4 had used up the last free pages of its block.
      That took the block off the free list of its CPU, and before v6.5
      _vm_unmap_aliases() walks nothing else. A TLB may hold it until line 11."
    `);
  });
});
