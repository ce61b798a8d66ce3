import { expect, it } from 'vitest';
import { operationsOf } from '../../../src/minimize/edit.ts';
import { pagesOf } from '../../../src/minimize/family.ts';
import { scaled, smallerNumbers } from '../../../src/minimize/sizes.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { listing, mentions, reduced, scenarioOf, TINY } from './scenarios.ts';

const smallest = (start: Scenario, violates: (scenario: Scenario) => boolean): string[] =>
  listing(reduced(start, violates, (search) => search.exhaust(smallerNumbers)));

it('lowers every number as far as the violation allows', () => {
  const start = scenarioOf(
    'cpus=2',
    'A = vmalloc(9, align=8);vread(A+7, 6);vread(@-5, 3);touch(A-2) on cpu1;fail_alloc(9)',
  );
  expect(smallest(start, () => true)).toEqual([
    'A = vmalloc(1)',
    'vread(A, 1)',
    'vread(@0, 1)',
    'touch(A) on cpu0',
    'fail_alloc(1)',
  ]);
  expect(smallest(start, mentions('A+7'))).toContain('vread(A+7, 1)');
});

it('finds the bound between violating and not', () => {
  const start = scenarioOf(TINY, 'A = vmap(100)');
  const violates = (scenario: Scenario): boolean =>
    operationsOf(scenario).every((op) => pagesOf(op) >= 13);
  expect(smallest(start, violates)).toEqual(['A = vmap(13)']);
});

it('lowers sizes together that have to be alike', () => {
  const start = scenarioOf(TINY, 'A = vmap(12);B = vmap(12)');
  const alike = (scenario: Scenario): boolean =>
    new Set(operationsOf(scenario).map(pagesOf)).size === 1;
  expect(smallest(start, alike)).toEqual(['A = vmap(1)', 'B = vmap(1)']);
});

it('gives pcpu_get_vm_areas the alignment 1, its areas in a row', () => {
  const start = scenarioOf(TINY, 'A = pcpu_get_vm_areas(8+4, 0+8, align=4)');
  expect(smallest(start, () => true)).toEqual(['A = pcpu_get_vm_areas(0+1, 1+1)']);
});

it('scaled keeps an offset within what is left of the area', () => {
  const start = scenarioOf(TINY, 'A = vmap(8);vread(A+7, 1);vread(A-3, 2)');
  expect(listing(scaled(start, (pages) => Math.ceil(pages / 4)))).toEqual([
    'A = vmap(2)',
    'vread(A+1, 1)',
    'vread(A-3, 1)',
  ]);
});
