import { expect, it } from 'vitest';
import { explainInterleaved } from '../../../../src/report/explain/explain-interleaved.ts';
import { traceInterleaving } from '../../../../src/report/interleaving-trace.ts';
import { parseCase } from '../../../../src/scenario/case-text.ts';
import { raceCase } from '../told-cases.ts';
import { propertyOf, subjectOf } from './scenarios.ts';

function explained(policy: string, name = 'no-stale-alias', { scenario } = raceCase()) {
  const property = propertyOf(name);
  const trace = traceInterleaving(subjectOf(policy), scenario, [property]);
  return explainInterleaved(subjectOf(policy), trace, property);
}

it('tells a race by what the tasks do, and by the interleavings of what is left', () => {
  expect(explained('v6.12')).toMatchObject({
    why: [
      'Page A (vpn 0) is stale on cpu0, cpu1: vm_unmap_ram(A) of task 0 clears its PTE in ' +
        'vb_free().',
      'vm_unmap_aliases() of task 1 has to flush it and makes no flush.',
      'By then it is in no block of the index and in no lazy area: nobody can find it.',
      'Policy and promise part while vm_unmap_ram(B) of task 0 stands after ' +
        'spin_unlock(&xa_lock) in xa_erase: vm_unmap_aliases() of task 1 runs.',
    ],
    without: [
      { what: 'Without the preemption' },
      { what: 'Without A = vm_map_ram(2) or B = vm_map_ram(2)' },
      { what: 'Without vm_unmap_ram(A) or vm_unmap_ram(B)' },
    ],
  });
  const [preemption, ...operations] = explained('v6.12')?.without ?? [];
  expect(preemption?.instead).toBe('it holds in all 2 interleavings');
  for (const { instead } of operations) expect(instead).toMatch(/^it holds in all \d+ inter/);
});

it('tells of what shows only when every call has returned', () => {
  const told = explained('v5.13', 'bounded-backlog', parseCase(LOST_DRAIN));
  expect(told?.why).toEqual([
    'It shows when every call has returned.',
    'Policy and promise part while vm_unmap_aliases() of task 0 stands after ' +
      'spin_unlock(&purge_vmap_area_lock) in __purge_vmap_area_lazy: vm_unmap_ram(A) of task 1 ' +
      'runs.',
  ]);
  expect(told?.without.map(({ instead }) => instead)).toEqual([
    'it holds in all 2 interleavings',
    'it holds',
    'it holds in all 2 interleavings',
  ]);
});

/** A drain that nobody requests, as another purge is under way. */
const LOST_DRAIN = `vmapcheck case 1
machine   cpus=1 vmalloc=64 block=2 max-alloc=1 lazy-max=0
task on cpu0
  A = vm_map_ram(2)
  vm_unmap_aliases()
task on cpu0
  vm_unmap_ram(A)
schedule
  task 0 until vm_unmap_aliases(),
    after spin_unlock(&purge_vmap_area_lock) in __purge_vmap_area_lazy
  task 1 to its end
  task 0 to its end
end
`;

it('has nothing to say where the property holds', () => {
  expect(explained('exact')).toBeNull();
});
