import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { properties } from '../../../properties/index.ts';
import { nameTurns } from '../../../src/explore/turns.ts';
import { interleavingLines } from '../../../src/report/interleaving-text.ts';
import { traceInterleaving } from '../../../src/report/interleaving-trace.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { randomSchedule } from '../explore/random-schedule.ts';

/** The execution of a case by its schedule, told. */
function told(policy: string, property: string | null, lines: readonly string[]): string {
  const { scenario } = parseCase(['vmapcheck case 1', ...lines, 'end'].join('\n'));
  const watched = properties.filter(
    ({ name, interleaved }) => interleaved !== 'never' && (property === null || name === property),
  );
  const trace = traceInterleaving(builtInPolicy(policy).subject(), scenario, watched);
  return interleavingLines(trace).join('\n');
}

const RACE = [
  'machine cpus=2 vmalloc=64 block=4 max-alloc=2',
  'task on cpu0',
  'A = vm_map_ram(2)',
  'B = vm_map_ram(2)',
  'vm_unmap_ram(A)',
  'vm_unmap_ram(B)',
  'task on cpu1',
  'vm_unmap_aliases()',
  'schedule',
  'task 0 until vm_unmap_ram(B), after spin_unlock(&xa_lock) in xa_erase',
  'task 1 to its end',
];

describe('a race', () => {
  it('is told for v6.5', () => {
    expect(told('v6.5', 'no-stale-alias', RACE)).toMatchInlineSnapshot(`
      "task 0 on cpu0          task 1 on cpu1          shared state
      --------------          --------------          ------------
      A = vm_map_ram(2) -> page 0                     block 0: free 2, dirty 0
        maps 0-2
      B = vm_map_ram(2) -> page 2                     block 0: free 0,
        maps 2-4                                        on no free list
      vm_unmap_ram(A)                                 block 0: dirty 2,
        clears 0-2                                      dirty_min 0,
                                                        dirty_max 2
                                                      stale: 0-2
      vm_unmap_ram(B)                                 block 0 is gone
        clears 2-4                                    stale: 0-4
        -- after spin_unlock(&xa_lock) in xa_erase    lazy: none
                              vm_unmap_aliases()
                                no flush
                                <-- no-stale-alias is violated
      vm_unmap_ram(B) goes on                         lazy: 0-4
        returns                                       vmap_lazy_nr 4

      (Pages a-b: from a up to b, b not included; block n: the vmap_block
       whose first page is n; lazy: areas that wait for a purge; stale: pages
       unmapped that some TLB may still hold.)"
    `);
  });

  it('is told for a policy that holds: the other task waits', () => {
    expect(told('exact', 'no-stale-alias', RACE)).toMatchInlineSnapshot(`
      "task 0 on cpu0          task 1 on cpu1          shared state
      --------------          --------------          ------------
      A = vm_map_ram(2) -> page 0                     block 0: free 2, dirty 0
        maps 0-2
      B = vm_map_ram(2) -> page 2                     block 0: free 0,
        maps 2-4                                        on no free list
      vm_unmap_ram(A)                                 block 0: dirty 2,
        clears 0-2                                      dirty_min 0,
                                                        dirty_max 2
                                                      stale: 0-2
      vm_unmap_ram(B)                                 block 0: dirty 4,
        clears 2-4                                      dirty_max 4
        -- after spin_unlock(&xa_lock) in xa_erase    stale: 0-4
                                                      lazy: none
                              vm_unmap_aliases()
                                -- waits at spin_lock(&purge_vmap_area_lock)
                                  in _vm_unmap_aliases
      vm_unmap_ram(B) goes on                         lazy: 0-4
        returns                                       vmap_lazy_nr 4
                              vm_unmap_aliases() goes on
                                flush 0-4 (4 pages, 4 dirty)
                                returns               block 0 is gone
                                                      lazy: none
                                                      vmap_lazy_nr 0
                                                      stale: none

      (Pages a-b: from a up to b, b not included; block n: the vmap_block
       whose first page is n; lazy: areas that wait for a purge; stale: pages
       unmapped that some TLB may still hold.)"
    `);
  });
});

describe('several tasks and a worker', () => {
  const MANY = [
    'machine cpus=2 vmalloc=64 block=4 max-alloc=2 lazy-max=2',
    'task on cpu0',
    'A = vmalloc(2, VM_FLUSH_RESET_PERMS)',
    'B = vmap(3)',
    'vunmap(B)',
    'touch(B) on cpu1',
    'vfree(A)',
    'task on cpu1',
    'vm_unmap_aliases()',
    'vfree(A)',
    'task on cpu0',
    'C = vm_map_ram(2)',
    'vm_unmap_ram(C)',
    'schedule',
    'task 0 until vunmap(B) begins',
    'task 1 until vm_unmap_aliases(), after mutex_lock(&vmap_purge_lock) in _vm_unmap_aliases',
    'task 2 until C = vm_map_ram(2) returns',
    'task 0 until vfree(A), waiting at mutex_lock(&vmap_purge_lock) in _vm_unmap_aliases',
    'worker 0 until it, waiting at mutex_lock(&vmap_purge_lock) in drain_vmap_area_work',
  ];

  it('have a column each', () => {
    expect(told('v6.5', null, MANY)).toMatchInlineSnapshot(`
      "task 0      task 1      task 2      worker 0
      on cpu0     on cpu1     on cpu0     on cpu0     shared state
      -------     -------     -------     --------    ------------
      A = vmalloc(2, VM_FLUSH_RESET_PERMS) -> page 0
        allocates 2 frames
        maps 0-2
      B = vmap(3) -> page 3
        maps 3-6
      vunmap(B)
        -- has begun
                  vm_unmap_aliases()
                    -- after mutex_lock(&vmap_purge_lock) in _vm_unmap_aliases
                              C = vm_map_ram(2) -> page 8
                                maps 8-10             block 8: free 2, dirty 0
      vunmap(B) goes on                               lazy: 3-7
        clears 3-7 (3 were mapped)                    vmap_lazy_nr 4
        returns                                       stale: 3-6
      touch(B) on cpu1 page fault: not mapped
      vfree(A)                                        lazy: 0-7
        clears 0-3 (2 were mapped)                    vmap_lazy_nr 7
        direct map of 2 frames not present            stale:
        -- waits at mutex_lock(&vmap_purge_lock) in _vm_unmap_aliases
                                                        direct+1-direct+3,
                                                        0-2, 3-6
                                          drain_vmap_area_work
                                            -- waits at
                                              mutex_lock(&vmap_purge_lock) in
                                              drain_vmap_area_work
                  vm_unmap_aliases() goes on          lazy: none
                    flush 0-7 (7 pages, 5 dirty)      vmap_lazy_nr 0
                    returns                           stale: direct+1-direct+3
                  vfree(A) skipped: there is nothing now that it may be called
                    on
      vfree(A) goes on                                stale: none
        flush direct+1 - direct+3 (2 pages, 2 dirty)
        direct map of 2 frames writable again
        frees 2 frames
        returns
                              vm_unmap_ram(C)         block 8: dirty 2,
                                clears 8-10             dirty_min 0,
                                                        dirty_max 2
                                                      stale: 8-10
                                          drain_vmap_area_work goes on
                                            returns

      (Pages a-b: from a up to b, b not included; block n: the vmap_block
       whose first page is n; lazy: areas that wait for a purge; stale: pages
       unmapped that some TLB may still hold.)"
    `);
  });
});

describe('any interleaving', () => {
  it('is told in 72 columns of ASCII', () => {
    const tasks = [
      ['A = vmalloc(2, VM_FLUSH_RESET_PERMS)', 'vfree(A)', 'vm_unmap_aliases()'],
      ['B = vm_map_ram(2)', 'vm_unmap_ram(B)', 'touch(B) on cpu0', 'vm_unmap_aliases()'],
      ['C = vmap(70)', 'D = vmap(3)', 'vunmap(D)', 'vread(D, 2)', 'fail_alloc(1)', 'E = vmap(1)'],
    ];
    const policy = fc.constantFrom('v5.4', 'v6.4', 'v6.12', 'mail5-zones');
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 6 }), fc.nat(99), (name, count, seed) => {
        const programs = Array.from({ length: count }, (_, i) => tasks[i % tasks.length] ?? []);
        const lines = programs.flatMap((program, task) => [
          `task on cpu${task % 2}`,
          ...program.map((text) => text.replaceAll(/\b([A-E])\b/g, `$1${task}`)),
        ]);
        const machine = 'machine lazy-max=3 nodes=2';
        const one = parseCase(['vmapcheck case 1', machine, ...lines, 'end'].join('\n'));
        const subject = builtInPolicy(name).subject();
        const schedule = randomSchedule(subject, one.scenario, seed);
        const scenario = { ...one.scenario, schedule: nameTurns(subject, one.scenario, schedule) };
        const text = interleavingLines(traceInterleaving(subject, scenario, properties)).join('\n');
        expect(text).toMatch(/^[\n -~]*$/);
        expect(text.split('\n').filter((line) => line.length > 72)).toEqual([]);
        expect(text.split('\n').filter((line) => line.endsWith(' '))).toEqual([]);
      }),
      { seed: 6, numRuns: 40 },
    );
  });
});
