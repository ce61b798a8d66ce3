import type { Expectation } from './policy.ts';

const violated = (source: string): Expectation => ({ verdict: 'violated', source });

/** By property name, what only an interleaving of tasks shows. */
export type BetweenTasks = Readonly<Record<string, Expectation>>;

/** Since blocks are indexed: v2.6.28. */
export const ALL_DIRTY_BLOCK: BetweenTasks = {
  'no-stale-alias': violated(
    'a block that vb_free() has made all dirty is passed over in the index, and is not lazy yet ' +
      'before free_vmap_block() has come that far: read in the v6.12 source, found by this tool',
  ),
};

/** Until v5.17. */
export const DROPPED_DRAIN: BetweenTasks = {
  'bounded-backlog': violated(
    '690467c81b1a (v5.18): mutex_trylock() fails while another task purges, and nobody asks again',
  ),
};

/** v5.2 to v5.12; before, areas were freed with kfree_rcu(). */
export const FREED_AREA: BetweenTasks = {
  'object-lifetime': violated(
    'Vijayanand Jitta, March 2021 (v5.13): vm_unmap_aliases() asks a block that is purged for an ' +
      'area that is free by then',
  ),
};

/** v6.9 to 6.12.95. */
export const UNLOCKED_SHRINKER: BetweenTasks = {
  'space-partition': violated(
    'ec05f51f1e65 (v7.1): the shrinker writes the len of a pool that a purge is filling',
  ),
};
