import { describe, expect, it } from 'vitest';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { properties } from '../properties/index.ts';
import { mutants } from '../properties/mutants/index.ts';
import { mutated, type Search } from '../properties/mutants/mutant.ts';
import type { Property } from '../properties/property.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';

/** As many as every built-in policy is checked with. */
const RUNS = 10_000;
const RUNS_OF_A_BASE = 3_000;

/** A property that looks away once a call is made that is none of these. */
function until(property: Property, kinds: Search['kinds']): Property {
  if (kinds === undefined) return property;
  return {
    ...property,
    watch(world, violated) {
      let watching = true;
      const watcher = property.watch(world, (detail) => {
        if (watching) violated(detail);
      });
      return {
        ...watcher,
        callBegins(call, record) {
          if (!kinds.includes(call.kind)) watching = false;
          watcher.callBegins?.(call, record);
        },
      };
    },
  };
}

function verdictOn(policy: Policy, name: string, search: Search, runs: number): string {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) throw new Error(`no property is called ${name}`);
  const { verdicts } = checkPolicy(new PolicySubject(policy.name, kernelOf(policy)), {
    properties: [until(property, search.kinds)],
    runs,
    maxOps: 40,
    seed: 1,
    machine: search.machine ?? {},
    shrink: false,
  });
  return verdicts.map(({ verdict }) => verdict).join();
}

const searched = mutants.flatMap((mutant) => {
  const { search, property, patch } = mutant;
  return search === null ? [] : [{ property, name: patch.name, mutant, search }];
});

/** Where the base does not hold the property in all scenarios: one of each base and search. */
const restricted = searched.filter(
  ({ property, mutant: { base }, search }, index) =>
    base.expected[property]?.verdict === 'violated' &&
    index === searched.findIndex((other) => other.mutant.base === base && other.search === search),
);

describe('generated scenarios', () => {
  for (const { property, name, mutant, search } of searched) {
    it(`${property} catches ${name}`, () => {
      expect(verdictOn(mutated(mutant), property, search, RUNS)).toBe('violated');
    });
  }

  // Where the search is not restricted, the tests of the verdicts have seen that the base holds.
  for (const { property, name, mutant, search } of restricted) {
    it(`${property} holds on ${mutant.base.name}, searched as for ${name}`, () => {
      expect(search).not.toEqual({});
      expect(verdictOn(mutant.base, property, search, RUNS_OF_A_BASE)).toBe('holds');
    });
  }
});
