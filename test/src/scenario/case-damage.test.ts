import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCases } from '../../../src/scenario/case-text.ts';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { anyCase } from './case-arbitrary.ts';
import { anyDamage } from './damage.ts';

describe('a damaged case', () => {
  it('gives cases, or one line with a line number, and nothing else', () => {
    let read = 0;
    let refused = 0;
    const input = fc.tuple(anyCase, fc.array(anyDamage, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(input, ([one, damages]) => {
        const text = damages.reduce((damaged, damage) => damage(damaged || '\n'), printCase(one));
        try {
          const cases = parseCases(text);
          // What was read is a case like any other: it prints, and reads back.
          expect(parseCases(cases.map(printCase).join(''))).toEqual(cases);
          read++;
        } catch (error) {
          if (!(error instanceof ScenarioError)) throw error;
          expect(error.line).toBeGreaterThanOrEqual(1);
          expect(error.line).toBeLessThanOrEqual(text.split('\n').length);
          expect(error.message).toMatch(/^line [0-9]+: [^\n\r]{1,300}$/);
          refused++;
        }
      }),
      { seed: 4, numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  });
});
