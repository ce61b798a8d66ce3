import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf } from '../models/policies/policy.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { properties } from './index.ts';
import { testRuns } from './runs.ts';

describe('every built-in policy', () => {
  for (const policy of policies) {
    it(`${policy.name} gives the verdicts it is expected to give`, () => {
      const subject = new PolicySubject(policy.name, kernelOf(policy));
      const options = {
        properties,
        runs: testRuns(),
        maxOps: 40,
        seed: 1,
        machine: {},
        shrink: false,
      };
      const { verdicts } = checkPolicy(subject, options);
      const found = verdicts.map(({ property, verdict }) => [property.name, verdict]);
      const expected = properties.map(({ name }) => [
        name,
        policy.expected[name]?.verdict ?? 'holds',
      ]);
      expect(found).toEqual(expected);
    });
  }
});

describe('the expectations', () => {
  it('name properties that exist, and a source each', () => {
    const names = new Set(properties.map(({ name }) => name));
    for (const policy of policies) {
      for (const [name, { source }] of Object.entries(policy.expected)) {
        expect(names).toContain(name);
        expect(source).not.toBe('');
      }
    }
  });
});
