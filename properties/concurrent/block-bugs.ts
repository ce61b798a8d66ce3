import { policies } from '../../models/policies/index.ts';
import { listDelInit, noGracePeriod, noRecheck, publishedFirst } from './block-mistakes.ts';
import { type ConcurrentBug, named, tasks, withPatches } from './bug.ts';
import { lazyBeforeErased } from './mend.ts';

const policy = (name: string) => named(policies, name);

/** Blocks of two pages, one for each region. */
const TINY = 'cpus=2 vmalloc=8 block=2 max-alloc=1';

/** Blocks, their lists and their dirty pages. */
export const blockBugs: readonly ConcurrentBug[] = [
  {
    name: 'a block that is all dirty is in neither index nor lazy list',
    source: 'free_vmap_block() from vb_free(), v6.12 source: found by this tool',
    property: 'no-stale-alias',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_ram(B)'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    violated: ['tglx-1of6', 'v6.5', 'v6.9', 'v6.10', 'v6.12'].map(policy),
    holds: [
      policy('exact'),
      withPatches(policy('v6.9'), lazyBeforeErased),
      withPatches(policy('v6.12'), lazyBeforeErased),
    ],
    preemptions: 1,
  },
  {
    name: 'a dirty range is forgotten before vmap_purge_lock is taken',
    source: 'a09fad96ffb1 on v6.4: the range is collected outside vmap_purge_lock',
    property: 'no-stale-alias',
    scenario: tasks(
      'cpus=2 vmalloc=8 block=4 max-alloc=1',
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    violated: [policy('mail1-reset-dirty')],
    holds: ['v6.4', 'v6.5'].map(policy),
    preemptions: 1,
  },
  {
    name: 'a block leaves its free list under the lock of another',
    source: '8c61291fd850 (v6.10)',
    property: 'block-integrity',
    scenario: tasks(
      'cpus=2 vmalloc=8 block=8 max-alloc=4',
      [
        'cpu1',
        'A = vm_map_ram(4)',
        'B = vm_map_ram(2)',
        'C = vm_map_ram(1)',
        'vm_unmap_ram(A)',
        'vm_unmap_ram(B)',
        'vm_unmap_ram(C)',
      ],
      ['cpu0', 'vm_unmap_aliases()'],
    ),
    violated: ['v6.5', 'v6.9'].map(policy),
    holds: ['v6.4', 'v6.10', 'v6.12'].map(policy),
    preemptions: 0,
  },
  {
    name: 'a walker of the free list stands on a block that is taken off',
    source: 'de5604231ce4 (v2.6.33)',
    property: 'locking',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    violated: [withPatches(policy('v6.1'), listDelInit)],
    holds: [policy('v6.1')],
    preemptions: 1,
  },
  {
    name: 'a walker of the free list stands on a block that is freed',
    source: 'de5604231ce4 (v2.6.33)',
    property: 'object-lifetime',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_ram(B)'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    violated: [
      withPatches(policy('v6.1'), noGracePeriod),
      withPatches(policy('v6.12'), noGracePeriod),
    ],
    holds: ['v6.1', 'v6.12'].map(policy),
    preemptions: 1,
  },
  {
    name: 'vm_unmap_aliases asks a purged block for an area that is free',
    source: 'Vijayanand Jitta, March 2021 (v5.13)',
    property: 'object-lifetime',
    scenario: tasks(
      'cpus=2 vmalloc=8 block=4 max-alloc=2',
      ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    violated: ['v5.4', 'v5.11'].map(policy),
    holds: [policy('v5.13')],
    preemptions: 1,
  },
  {
    name: 'vm_unmap_aliases finds a block whose fields are not set yet',
    source: 'new_vmap_block() in v6.5: the block is complete when xa_insert() publishes it',
    property: 'object-lifetime',
    scenario: tasks(TINY, ['cpu0', 'A = vm_map_ram(1)'], ['cpu1', 'vm_unmap_aliases()']),
    violated: ['v6.5', 'v6.12'].map((name) => withPatches(policy(name), publishedFirst)),
    holds: ['v6.5', 'v6.12'].map(policy),
    preemptions: 1,
  },
  {
    name: 'vb_alloc trusts a look at vb->free without the lock',
    source: '43d7650234c6 (v6.5), had it not kept the second look',
    property: 'object-lifetime',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)'],
      ['cpu0', 'C = vm_map_ram(1)'],
    ),
    violated: [withPatches(policy('v6.5'), noRecheck)],
    holds: [policy('v6.5')],
    preemptions: 1,
  },
];
