import { policies } from '../../models/policies/index.ts';
import {
  helperReclaims,
  shrinkerTrylock,
  splitTrustsPreload,
  twoNodeLocks,
  vreadFrees,
  vreadTrustsVm,
} from './area-mistakes.ts';
import { type ConcurrentBug, named, tasks, withPatches } from './bug.ts';

const policy = (name: string) => named(policies, name);

/** Areas, nodes and pools, and who purges them. */
export const areaBugs: readonly ConcurrentBug[] = [
  {
    name: 'a drain request is dropped while another purge runs',
    source: '690467c81b1a (v5.18)',
    property: 'bounded-backlog',
    scenario: tasks(
      'cpus=2 vmalloc=8 lazy-max=1',
      ['cpu0', 'A = vmalloc(1)', 'vfree(A)'],
      ['cpu1', 'B = vmalloc(1)', 'vfree(B)'],
    ),
    violated: ['v5.4', 'v5.11', 'v5.13'].map(policy),
    holds: [policy('v6.12')],
    // Their worker goes round until few pages are lazy.
    holdsSoFar: ['v5.18', 'v6.1'].map(policy),
    preemptions: 1,
  },
  {
    name: 'the shrinker empties a pool that a purge fills',
    source: 'ec05f51f1e65 (v7.1, 6.12.96)',
    property: 'space-partition',
    scenario: tasks(
      'cpus=2 vmalloc=64 nodes=2 zone=16',
      ['cpu0', 'A = vmalloc(1)', 'B = vmalloc(1)', 'vfree(A)', 'vm_unmap_aliases()', 'shrink()'],
      ['cpu1', 'vfree(B)', 'vm_unmap_aliases()'],
    ),
    violated: ['v6.9', 'v6.10'].map(policy),
    holds: [policy('v6.12')],
    preemptions: 1,
  },
  {
    name: 'the shrinker waits for a purge that waits for it',
    source: '6c06fec56a63 (2026)',
    property: 'locking',
    scenario: tasks(
      'cpus=2 vmalloc=64 lazy-max=1 nodes=2 zone=16',
      ['cpu0', 'A = vmalloc(1)', 'vfree(A)'],
      ['cpu1', 'B = vmalloc(1)', 'vfree(B)'],
    ),
    violated: [withPatches(policy('v6.12'), helperReclaims)],
    holds: [
      policy('v6.12'),
      withPatches(policy('v6.12'), helperReclaims, shrinkerTrylock),
      withPatches(policy('v6.10'), helperReclaims),
    ],
    preemptions: 0,
  },
  {
    name: 'vread takes the lock of a node while it holds that of another',
    source: 'fc2c22693c60 (v6.9-rc3)',
    property: 'locking',
    scenario: tasks(
      'cpus=2 vmalloc=64 nodes=2 zone=16',
      ['cpu0', 'A = vmalloc(1)', 'vread(A, 1)'],
      ['cpu1', 'B = vmalloc(16)', 'vread(B, 1)'],
    ),
    violated: [withPatches(policy('v6.9'), twoNodeLocks)],
    holds: ['v6.9', 'v6.12'].map(policy),
    preemptions: 0,
  },
  {
    name: 'a new area is found before it has its vm_struct',
    source: 'aaab830ad887 (v6.10)',
    property: 'object-lifetime',
    scenario: tasks('cpus=2 vmalloc=8', ['cpu0', 'A = vmap(1)'], ['cpu1', 'vread(@0, 1)']),
    violated: [withPatches(policy('v6.9'), vreadTrustsVm)],
    holds: [withPatches(policy('v6.10'), vreadTrustsVm)],
    preemptions: 1,
  },
  {
    name: 'an area that is freed is found without its vm_struct',
    source: 'Wanpeng Li (v3.13): vmap_area information races with vmap_area tear down',
    property: 'object-lifetime',
    scenario: tasks(
      'cpus=2 vmalloc=8',
      ['cpu0', 'A = vmap(1)', 'vunmap(A)'],
      ['cpu1', 'vread(A, 1)'],
    ),
    violated: [withPatches(policy('v6.1'), vreadTrustsVm)],
    holds: [withPatches(policy('mail4-unlink-on-entry'), vreadTrustsVm)],
    preemptions: 1,
  },
  {
    name: 'two tasks free one area',
    source: 'mail 4: remove_vm_area() finds the area for both of them',
    property: 'object-lifetime',
    scenario: tasks(
      'cpus=2 vmalloc=8',
      ['cpu0', 'A = vmalloc(1)', 'vfree(A)'],
      ['cpu1', 'vread(A, 1)'],
    ),
    violated: ['v6.1', 'mail4-unlink-on-entry'].map((name) =>
      withPatches(policy(name), vreadFrees),
    ),
    holds: ['v6.4', 'v6.12'].map((name) => withPatches(policy(name), vreadFrees)),
    preemptions: 1,
  },
  {
    name: 'another task takes the spare vmap_area of the CPU',
    source: '81f1ba586e39 (v5.5)',
    property: 'object-lifetime',
    scenario: tasks(
      'cpus=1 vmalloc=32 modules=8',
      ['cpu0', 'A = vmalloc(1)', 'B = vmalloc(1)', 'C = vmalloc(1, modules)'],
      ['cpu0', 'D = vmalloc(1, align=8)'],
    ),
    violated: [withPatches(policy('v6.1'), splitTrustsPreload)],
    holds: [policy('v6.1'), withPatches(policy('v5.4'), splitTrustsPreload)],
    preemptions: 1,
  },
];
