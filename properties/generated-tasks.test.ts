import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf } from '../models/policies/policy.ts';
import { checkTasks } from '../src/explore/check-tasks.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { interleavedProperties } from './index.ts';

/** Scenarios for each policy, an interleaving each. "check --tasks" runs more. */
const RUNS = 60;

describe('generated scenarios of two and three tasks', () => {
  it.each(policies.map((policy, index) => ({ ...policy, index })))(
    '$name violates nothing that it is not expected to',
    ({ index, ...policy }) => {
      const { expected, expectedInterleaved } = policy;
      const options = {
        // What one task shows as well would be found over and over.
        properties: interleavedProperties.filter(
          ({ name }) => expected[name]?.verdict !== 'violated',
        ),
        runs: RUNS,
        maxOps: 24,
        // Other scenarios for each policy: most of what runs is the same for all of them.
        seed: 1 + index * RUNS,
        machine: {},
        shrink: false,
      };
      const subject = new PolicySubject(policy.name, kernelOf(policy));
      const { verdicts } = checkTasks(subject, 2 + (index % 2), options);
      const violated = verdicts.filter(({ verdict }) => verdict === 'violated');
      const unknown = violated.filter(({ property: { name } }) => !expectedInterleaved[name]);
      expect(unknown).toEqual([]);
    },
  );
});
