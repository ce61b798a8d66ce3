import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { properties } from '../properties/index.ts';
import { loadCases } from '../src/counterexample/store.ts';
import { violationOf } from '../src/explore/run-scenario.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';

/** The saved cases that one task suffices for. */
const stored = loadCases('counterexamples').filter(
  ({ case: one }) => one.scenario.tasks.length === 1,
);

/** `violated`, `holds`, or `expired` and why: the verdict of a saved case on a policy. */
function verdictOn(policy: Policy | undefined, one: (typeof stored)[number]['case']): string {
  const property = properties.find(({ name }) => name === one.property);
  if (policy === undefined) return `expired: there is no policy ${one.policy} any more`;
  if (property === undefined) return `expired: there is no property ${one.property} any more`;
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  return violationOf(subject, one.scenario, property) === null ? 'holds' : 'violated';
}

describe('the saved counterexamples', () => {
  it.each(stored)('$name', ({ case: one }) => {
    const policy = policies.find(({ name }) => name === one.policy);
    expect(verdictOn(policy, one)).toBe('violated');
    // The policy that holds everything must hold this too.
    expect(
      verdictOn(
        policies.find(({ name }) => name === 'exact'),
        one,
      ),
    ).toBe('holds');
  });

  it('are there for every verdict of every policy that says violated', () => {
    const saved = new Set(stored.map(({ case: one }) => `${one.policy} ${one.property}`));
    const missing = policies.flatMap(({ name, expected }) =>
      Object.entries(expected)
        .filter(([property, { verdict }]) => {
          return verdict === 'violated' && !saved.has(`${name} ${property}`);
        })
        .map(([property]) => `${name} ${property}`),
    );
    expect(missing).toEqual([]);
  });
});
