import { expect, it } from 'vitest';
import { explainInterleaved } from '../../../../src/report/explain/explain-interleaved.ts';
import { traceInterleaving } from '../../../../src/report/interleaving-trace.ts';
import { raceCase } from '../told-cases.ts';
import { propertyOf, subjectOf } from './scenarios.ts';

function explained(policy: string) {
  const property = propertyOf('no-stale-alias');
  const { scenario } = raceCase();
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
      'Policy and promise part there: vm_unmap_ram(B) of task 0 stands after ' +
        'spin_unlock(&xa_lock) in xa_erase.',
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

it('has nothing to say where the property holds', () => {
  expect(explained('exact')).toBeNull();
});
