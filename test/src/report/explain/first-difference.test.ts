import { expect, it } from 'vitest';
import { firstDifference } from '../../../../src/report/explain/first-difference.ts';
import { witness } from '../../../../src/report/explain/witness.ts';
import { traceScenario } from '../../../../src/report/trace.ts';
import { FULL_BLOCK, SMALL, scenarioOf, subjectOf } from './scenarios.ts';

function difference(one: string, other: string, ...operations: string[]): string[] {
  const scenario = scenarioOf(SMALL, ...operations);
  const seen = (policy: string) => ({
    trace: traceScenario(subjectOf(policy), scenario, []),
    witness: witness(subjectOf(policy), scenario, []),
  });
  return firstDifference(seen(one), seen(other));
}

it('names the first operation in which two policies differ, and what functions do first', () => {
  expect(difference('v6.4', 'v6.5', ...FULL_BLOCK, 'vm_unmap_ram(B)')).toEqual([
    'v6.4 and v6.5 part in operation 4, vm_unmap_aliases():',
    'v6.4: no flush.',
    'v6.5: flush 0-1 (1 page, 1 dirty); block 0: free 0, dirty 1, no dirty range, on no free list.',
    'In it v6.4 returns where v6.5 locks block 0 in _vm_unmap_aliases().',
  ]);
});

it('says so where there is none', () => {
  expect(difference('v6.4', 'rfc-3of3', ...FULL_BLOCK)).toEqual([
    'v6.4 and rfc-3of3 do the same in every operation.',
  ]);
});
