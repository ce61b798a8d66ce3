import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { violatedBetweenTasks } from '../src/explore/between-tasks.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { interleavedProperties } from './index.ts';

/** What goes wrong in the programs, by property, of what one task at a time does not show. */
function seenBetweenTasks(policy: Policy): string[] {
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  const watched = interleavedProperties.filter(
    ({ name }) => policy.expected[name]?.verdict !== 'violated',
  );
  const { violated, unfinished } = violatedBetweenTasks(subject, watched);
  expect(unfinished).toEqual([]);
  return violated.map(({ property }) => property.name).sort();
}

describe('two tasks of a few calls, in every interleaving up to a bound', () => {
  it.each(policies)('$name violates what it is expected to', (policy) => {
    const { expected, expectedInterleaved } = policy;
    const names = Object.keys(expectedInterleaved);
    // What one task shows as well is not looked for.
    const only = names.filter((name) => expected[name]?.verdict !== 'violated');
    expect(seenBetweenTasks(policy)).toEqual(only.sort());
  });
});

describe('the properties between tasks', () => {
  it('are those that policies are expected to violate, with a source each', () => {
    const names = interleavedProperties.map(({ name }) => name);
    for (const { expectedInterleaved } of policies) {
      for (const [name, { verdict, source }] of Object.entries(expectedInterleaved)) {
        expect(names).toContain(name);
        expect(verdict).toBe('violated');
        expect(source).not.toBe('');
      }
    }
  });
});
