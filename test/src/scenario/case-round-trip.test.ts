import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase, parseCases } from '../../../src/scenario/case-text.ts';
import { anyCase } from './case-arbitrary.ts';

describe('the scenario format', () => {
  it('gives back every case it printed, and prints it the same again', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(anyCase, (one) => {
        const text = printCase(one);
        const read = parseCase(text);
        expect(read).toEqual(one);
        expect(printCase(read)).toBe(text);
        for (const task of one.scenario.tasks) {
          for (const operation of task.operations) kinds.add(operation.kind);
        }
      }),
      { seed: 2, numRuns: 1_000 },
    );
    expect(kinds.size).toBe(23);
  });

  it('survives being quoted, indented and surrounded by prose', () => {
    const prefix = fc.constantFrom('', '> ', '>', '>> ', '> > ', '\t', '  > ');
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCase, prefix), { minLength: 1, maxLength: 3 }), (parts) => {
        const mail = parts.map(([one, mark]) => {
          const lines = printCase(one).split('\n');
          const quoted = lines.map((line) => mark + line).join('\n');
          return `On Friday, somebody wrote:\n${quoted}\nIndeed.\n`;
        });
        expect(parseCases(mail.join('\n'))).toEqual(parts.map(([one]) => one));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
