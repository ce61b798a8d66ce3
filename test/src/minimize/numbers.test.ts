import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mapNumbers,
  numbersIn,
  simplerValues,
  sumOfNumbers,
} from '../../../src/minimize/numbers.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';

it('numbersIn finds every number that is printed, and can put another in its place', () => {
  fc.assert(
    fc.property(anyCase, ({ scenario }) => {
      for (const operation of scenario.tasks.flatMap(({ operations }) => operations)) {
        const text = printOperation(operation);
        const numbers = numbersIn(operation);
        for (const { value } of numbers) {
          if (value > 1) expect(text).toContain(`${value}`);
        }
        for (const printedNumber of text.replace(/^\w+ =/, '').match(/(?<=[(=@+\- ]|cpu)\d+/g) ??
          []) {
          expect(numbers.map(({ value }) => Math.abs(value))).toContain(Number(printedNumber));
        }
        for (const number of numbers) expect(number.with(number.value)).toEqual(operation);
      }
    }),
    { seed: 4, numRuns: 100 },
  );
});

it('sumOfNumbers is what numbersIn adds up to, a negative number weighing half more', () => {
  fc.assert(
    fc.property(anyCase, ({ scenario }) => {
      for (const operation of scenario.tasks.flatMap(({ operations }) => operations)) {
        const values = numbersIn(operation).map(({ value }) => (value < 0 ? 0.5 - value : value));
        expect(sumOfNumbers(operation)).toBe(values.reduce((sum, value) => sum + value, 0));
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});

it('mapNumbers changes the roles it is told', () => {
  const operation = parseOperation('vread(A+6, 4)');
  const halved = mapNumbers(operation, ['size'], (value) => value / 2);
  expect(printOperation(halved)).toBe('vread(A+6, 2)');
  const moved = mapNumbers(operation, ['offset', 'size'], (value) => value + 1);
  expect(printOperation(moved)).toBe('vread(A+7, 5)');
});

describe('simplerValues', () => {
  it.each([
    [90, 1, [1, 45, 89]],
    [9, 1, [1, 2, 3, 4, 5, 6, 7, 8]],
    [2, 1, [1]],
    [1, 1, []],
    [3, 0, [0, 1, 2]],
    [-5, 0, [0, -2, -4]],
  ])('of %i down to %i', (value, least, simpler) => {
    expect(simplerValues(value, least)).toEqual(simpler);
  });
});
