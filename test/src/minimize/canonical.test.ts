import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from '../../../src/minimize/canonical.ts';
import { operationsOf, withOperations, withoutAt } from '../../../src/minimize/edit.ts';
import { areaName, assignedArea } from '../../../src/scenario/names.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { listing, scenarioOf, TINY } from './scenarios.ts';

it('names areas in order of appearance', () => {
  const scenario = scenarioOf(TINY, 'X = vmap(1);A = vmap(2);vunmap(A);vread(X+1, 1)');
  expect(listing(canonical(scenario))).toEqual([
    'A = vmap(1)',
    'B = vmap(2)',
    'vunmap(B)',
    'vread(A+1, 1)',
  ]);
});

it('takes away what refers to an area that is not allocated', () => {
  const scenario = scenarioOf(TINY, 'A = vmap(1);B = vmap(2);vunmap(B);vunmap(A);vunmap(@3)');
  expect(listing(canonical(withoutAt(scenario, [0])))).toEqual([
    'A = vmap(2)',
    'vunmap(A)',
    'vunmap(@3)',
  ]);
});

it('takes away a use that is above the allocation', () => {
  const scenario = scenarioOf(TINY, 'A = vmap(1);vunmap(A)');
  const reversed = withOperations(scenario, operationsOf(scenario).toReversed());
  expect(listing(canonical(reversed))).toEqual(['A = vmap(1)']);
});

it('gives back the very scenario if there is nothing to do, and has nothing to do twice', () => {
  fc.assert(
    fc.property(anyCase, ({ scenario: { machine, tasks } }) => {
      const once = canonical({ machine, tasks: tasks.slice(0, 1) });
      expect(canonical(once)).toBe(once);
      const names = operationsOf(once).flatMap((operation) => assignedArea(operation) ?? []);
      expect(names).toEqual(names.map((_, index) => areaName(index)));
    }),
    { seed: 3, numRuns: 200 },
  );
});
