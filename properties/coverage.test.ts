import { describe, expect, it } from 'vitest';
import { kernelOf } from '../models/policies/policy.ts';
import { v6_5 } from '../models/policies/v6.5.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { locking } from './locking.ts';

/** What generation has to reach, at least so often in 1,000 scenarios of up to 40 operations. */
const REACHED: readonly (readonly [string, number])[] = [
  ['new_vmap_block', 500],
  ['vb_alloc: block full', 200],
  ['vb_free: block dirty', 100],
  ['purge_fragmented_block', 50],
  ['purge_vmap_area_lazy', 300],
  ['flush_tlb_kernel_range', 300],
  ['alloc_vmap_area: overflow', 500],
  ['pcpu_get_vm_areas: overflow', 50],
  ['vmap_notify_list', 8],
  ['drain_vmap_area_work', 30],
  ['__vmalloc_area_node: fail', 2],
  ['FL_FIT_TYPE', 50],
  ['LE_FIT_TYPE', 300],
  ['RE_FIT_TYPE', 50],
  ['NE_FIT_TYPE', 500],
];

describe('the generated scenarios', () => {
  const subject = new PolicySubject(v6_5.name, kernelOf(v6_5));
  // One property that holds, so that every run goes to its end.
  const options = { properties: [locking], runs: 4_000, maxOps: 40, seed: 1, machine: {} };
  const { coverage } = checkPolicy(subject, { ...options, shrink: false });

  it('execute operations of every kind, and calls that must not be made', () => {
    const never = [...coverage.operations].filter(([, count]) => count === 0);
    expect(never).toEqual([]);
    for (const verdict of ['refused', 'accepted', 'died']) {
      expect(coverage.operations.get(`bad call: ${verdict}`)).toBeGreaterThan(0);
    }
  });

  it.each(REACHED)('reach %s at least %i times in 1,000 runs', (tracepoint, least) => {
    expect((coverage.tracepoints.get(tracepoint) ?? 0) / 4).toBeGreaterThanOrEqual(least);
  });
});
