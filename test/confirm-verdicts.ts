import { expect, it } from 'vitest';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { properties } from '../properties/index.ts';
import { testRuns } from '../properties/runs.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';

/** A test for each policy: what generated scenarios find is what the policy expects, both ways. */
export function confirmVerdicts(policies: readonly Policy[]): void {
  it.each(policies)('$name gives the verdicts it is expected to give', (policy) => {
    const subject = new PolicySubject(policy.name, kernelOf(policy));
    const options = { properties, runs: testRuns(), maxOps: 40, seed: 1, machine: {} };
    const { verdicts } = checkPolicy(subject, { ...options, shrink: false });
    const found = verdicts.map(({ property, verdict }) => [property.name, verdict]);
    const expected = properties.map(({ name }) => [
      name,
      policy.expected[name]?.verdict ?? 'holds',
    ]);
    expect(found).toEqual(expected);
  });
}
