import { describe, expect, it } from 'vitest';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { properties } from '../properties/index.ts';
import { mutants } from '../properties/mutants/index.ts';
import { mutated } from '../properties/mutants/mutant.ts';
import { violationOf } from '../src/explore/run-scenario.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';

/** What a policy does wrong in a scenario, by one property; null: nothing. */
function seen(policy: Policy, scenario: string, name: string): string | null {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) throw new Error(`no property is called ${name}`);
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  return violationOf(subject, parseCase(scenario).scenario, property);
}

describe('the mutants', () => {
  it('leave no property without one, and have a name of their own each', () => {
    expect([...new Set(mutants.map(({ property }) => property))]).toEqual(
      properties.map(({ name }) => name),
    );
    expect(new Set(mutants.map(({ patch }) => patch.name)).size).toBe(mutants.length);
  });

  for (const mutant of mutants) {
    const { property, patch, base, scenario } = mutant;
    it(`${property} catches ${patch.name}`, () => {
      expect(seen(base, scenario, property)).toBeNull();
      expect(seen(mutated(mutant), scenario, property)).not.toBeNull();
    });
  }
});
