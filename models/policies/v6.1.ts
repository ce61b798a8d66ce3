import type { Policy } from './policy.ts';

const FULL_BLOCKS = 'fc1e0d980037: blocks that are used up are not on the list that is walked';
const FLUSH_AGAIN = 'a09fad96ffb1: dirty_min and dirty_max are never reset';
const HULL = 'Thomas Gleixner, 15 May 2023: one hull over everything';

/** mm/vmalloc.c of v6.1, the base of everything else. */
export const v6_1: Policy = {
  name: 'v6.1',
  title: 'Linux v6.1',
  source: 'linux-source-6.1 (6.1.192)',
  patches: [],
  expected: {
    'no-stale-alias': { verdict: 'violated', source: FULL_BLOCKS },
    'no-spurious-failure': {
      verdict: 'violated',
      source:
        'find_vmap_lowest_match() asks the tree for size + align - 1 bytes when align is above a ' +
        'page, so a hole that would do is passed over: read in the v6.1 source, found by this tool',
    },
    'vread-exact': {
      verdict: 'violated',
      source: '06c8994626d1: areas of vm_map_ram have no vm_struct and are passed over',
    },
    'flushed-exactly-once': { verdict: 'violated', source: FLUSH_AGAIN },
    'flush-exact': { verdict: 'violated', source: HULL },
    'no-premature-purge': {
      verdict: 'violated',
      source: '77e50af07f14: fragmented blocks are purged however much is free',
    },
  },
  // The race of an all-dirty block, too, violates no-stale-alias.
  expectedInterleaved: {},
};
