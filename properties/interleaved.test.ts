import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { explore } from '../src/explore/explore.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { programs } from './concurrent/programs.ts';
import { interleavedProperties } from './index.ts';

/** Interleavings of one program; none needs as many. */
const LIMIT = 5_000;

const cases = programs.map(({ name, scenario, bound }) => {
  const strategy = { kind: 'bounded', bound } as const;
  return { name, scenario: parseCase(scenario).scenario, strategy };
});

/**
 * What goes wrong in the programs, by property, of what one task at a time does not show. An
 * exploration ends with the first violation, so that it is repeated without that property.
 */
function seenBetweenTasks(policy: Policy): string[] {
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  let watched = interleavedProperties.filter(
    ({ name }) => policy.expected[name]?.verdict !== 'violated',
  );
  const seen: string[] = [];
  for (const { name, scenario, strategy } of cases) {
    for (;;) {
      const found = explore(subject, scenario, { strategy, properties: watched, limit: LIMIT });
      if (found.verdict === 'unfinished') throw new Error(`${name}: more than ${LIMIT}`);
      if (found.verdict === 'holds') break;
      const violated = found.property.name;
      seen.push(violated);
      watched = watched.filter((property) => property.name !== violated);
    }
  }
  return seen.sort();
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
