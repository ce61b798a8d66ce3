import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCases } from '../../../src/scenario/case-text.ts';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { anyCase } from './case-arbitrary.ts';

type Damage = (text: string) => string;

const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 7 })).map(
    ([at, bit]): Damage =>
      (text) => {
        const bytes = Buffer.from(text);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        return bytes.toString('utf8');
      },
  ),
  onLines((lines, at) => lines.toSpliced(at, 1)),
  onLines((lines, at) => lines.toSpliced(at, 0, lines[at] ?? '')),
  onLines((lines, at, other) => {
    const moved = lines[at] ?? '';
    return lines.with(at, lines[other] ?? '').with(other, moved);
  }),
  fc.tuple(fc.nat(), hugeNumber()).map(
    ([at, huge]): Damage =>
      (text) => {
        let count = 0;
        const numbers = text.match(/[0-9]+/g)?.length ?? 1;
        return text.replaceAll(/[0-9]+/g, (number) => (count++ === at % numbers ? huge : number));
      },
  ),
  fc.nat().map(
    (at): Damage =>
      (text) =>
        text.slice(0, at % text.length),
  ),
);

function onLines(damage: (lines: string[], at: number, other: number) => string[]) {
  return fc.tuple(fc.nat(), fc.nat()).map(
    ([at, other]): Damage =>
      (text) => {
        const lines = text.split('\n');
        return damage(lines, at % lines.length, other % lines.length).join('\n');
      },
  );
}

function hugeNumber(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('4294967296', '9007199254740993', '18446744073709551616', '-1', '1e309', '0'),
    fc.integer({ min: 20, max: 400 }).map((digits) => '9'.repeat(digits)),
  );
}

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
