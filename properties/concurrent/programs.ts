import { tasks } from './bug.ts';

/** Two tasks of a few calls each. */
export interface Program {
  readonly name: string;
  /** A case of two tasks, as text. */
  readonly scenario: string;
  /** Preemptions up to which every interleaving is looked at. */
  readonly bound: number;
}

/** Blocks of two pages, one for each region. */
const TINY = 'cpus=2 vmalloc=8 block=2 max-alloc=1';

/** What two tasks can be in each other's way at: every lock, list and counter once at least. */
export const programs: readonly Program[] = [
  {
    name: 'a block fills and empties, aliases are flushed',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_ram(B)'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    bound: 1,
  },
  {
    name: 'each frees what the other CPU mapped',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(B)'],
      ['cpu1', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'],
    ),
    bound: 1,
  },
  {
    name: 'a block is thrown away while it is allocated from',
    scenario: tasks(
      'cpus=2 vmalloc=16 block=4 max-alloc=2',
      ['cpu0', 'A = vm_map_ram(2)', 'vm_unmap_ram(A)', 'B = vm_map_ram(1)'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    bound: 1,
  },
  {
    name: 'two allocations from one queue',
    scenario: tasks(TINY, ['cpu0', 'A = vm_map_ram(1)'], ['cpu0', 'B = vm_map_ram(1)']),
    bound: 2,
  },
  {
    name: 'two flushes of aliases',
    scenario: tasks(
      'cpus=2 vmalloc=8 block=4 max-alloc=2',
      ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'],
      ['cpu1', 'vm_unmap_aliases()'],
    ),
    bound: 1,
  },
  {
    name: 'an area of vm_map_ram is purged and reused while its unmap returns',
    scenario: tasks(
      'cpus=2 vmalloc=4 block=2 max-alloc=1 lazy-max=1',
      ['cpu0', 'A = vm_map_ram(2)', 'vm_unmap_ram(A)'],
      ['cpu1', 'vm_unmap_aliases()', 'B = vm_map_ram(2)'],
    ),
    bound: 1,
  },
  {
    name: 'two drains',
    scenario: tasks(
      `${TINY} lazy-max=1`,
      ['cpu0', 'A = vmalloc(1)', 'vfree(A)'],
      ['cpu1', 'B = vmalloc(1)', 'vfree(B)'],
    ),
    bound: 1,
  },
  {
    name: 'the address space runs out for both',
    scenario: tasks(
      'cpus=2 vmalloc=4 block=2 max-alloc=1',
      ['cpu0', 'A = vmalloc(1)', 'vfree(A)', 'B = vmalloc(1)'],
      ['cpu1', 'C = vmalloc(1)', 'vfree(C)'],
    ),
    bound: 1,
  },
  {
    name: 'a block is purged for an area',
    scenario: tasks(
      'cpus=2 vmalloc=2 block=2 max-alloc=1',
      ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)'],
      ['cpu1', 'B = get_vm_area(1)'],
    ),
    bound: 1,
  },
  {
    name: 'a notifier gives up what its owner unmaps',
    scenario: tasks(
      'cpus=2 vmalloc=4 block=2 max-alloc=1',
      ['cpu0', 'A = vmap(1)', 'register_vmap_purge_notifier(A)', 'B = vmap(1)', 'C = vmap(1)'],
      ['cpu1', 'vunmap(A)'],
    ),
    bound: 1,
  },
  {
    name: 'an area is read while it is allocated',
    scenario: tasks(TINY, ['cpu0', 'A = vmap(1)'], ['cpu1', 'vread(@0, 2)']),
    bound: 2,
  },
  {
    name: 'an area is read while it is freed',
    scenario: tasks(TINY, ['cpu0', 'A = vmalloc(1)', 'vfree(A)'], ['cpu1', 'vread(A, 2)']),
    bound: 1,
  },
  {
    name: 'a block is read while a region of it is unmapped',
    scenario: tasks(
      'cpus=2 vmalloc=8 block=4 max-alloc=2',
      ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)'],
      ['cpu1', 'vread(A, 1)'],
    ),
    bound: 1,
  },
  {
    name: 'permissions are reset twice',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vmalloc(1, VM_FLUSH_RESET_PERMS)', 'set_memory_ro(A)', 'vfree(A)'],
      ['cpu1', 'B = vmalloc(1, VM_FLUSH_RESET_PERMS)', 'vfree(B)'],
    ),
    bound: 1,
  },
  {
    name: 'a deferred vfree, and aliases are flushed',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = vmalloc(1)', 'vfree_atomic(A)'],
      ['cpu1', 'vm_unmap_aliases()', 'B = vmalloc(1)'],
    ),
    bound: 1,
  },
  {
    name: 'a pool is filled, emptied and shrunk',
    scenario: tasks(
      'cpus=2 vmalloc=64 nodes=2 zone=16',
      ['cpu0', 'A = vmalloc(1)', 'B = vmalloc(1)', 'vfree(A)', 'vm_unmap_aliases()', 'shrink()'],
      ['cpu1', 'vfree(B)', 'vm_unmap_aliases()'],
    ),
    bound: 1,
  },
  {
    name: 'areas of the per-CPU allocator',
    scenario: tasks(
      TINY,
      ['cpu0', 'A = pcpu_get_vm_areas(0+1, 2+1)', 'pcpu_free_vm_areas(A)'],
      ['cpu1', 'B = vmalloc(1)'],
    ),
    bound: 1,
  },
];
