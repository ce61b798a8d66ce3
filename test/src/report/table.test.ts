import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { properties } from '../../../properties/index.ts';
import { policiesText } from '../../../src/report/policies-text.ts';
import { propertiesText } from '../../../src/report/properties-text.ts';
import { tableText } from '../../../src/report/table.ts';
import { counted, grouped, wrapWords } from '../../../src/report/words.ts';

describe('tableText', () => {
  it('aligns columns, wraps the last one and keeps its line breaks', () => {
    const titles = [{ title: 'name' }, { title: 'n', align: 'right' as const }, { title: 'text' }];
    const rows = [
      ['a', '1', 'one two three four'],
      ['longer', '20', 'first\nsecond'],
    ];
    expect(tableText(titles, rows, 24)).toMatchInlineSnapshot(`
      "name     n  text
      a        1  one two
                    three four
      longer  20  first
                  second
      "
    `);
  });

  it('shows the policies and the properties in at most 100 columns, none of them left out', () => {
    const [byPolicy, byProperty] = [policiesText(policies), propertiesText(properties)];
    for (const line of `${byPolicy}${byProperty}`.split('\n')) {
      expect(line).toMatch(/^[\x20-\x7e]{0,100}$/);
    }
    for (const { name } of policies) expect(byPolicy).toMatch(new RegExp(`^${name} `, 'm'));
    for (const { name } of properties) expect(byProperty).toMatch(new RegExp(`^${name} `, 'm'));
  });
});

describe('wrapWords', () => {
  it('never exceeds the columns and loses no letter', () => {
    const words = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '-') }));
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 5, max: 20 }),
        fc.nat({ max: 3 }),
        (all, columns, by) => {
          const lines = wrapWords(all.join(' '), columns, by);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
          expect(lines.join('').replaceAll(' ', '')).toBe(all.join(''));
        },
      ),
      { seed: 4 },
    );
  });

  it('indents every line but the first', () => {
    expect(wrapWords('one two three', 7, 2)).toEqual(['one two', '  three']);
  });
});

it('counts in words', () => {
  expect([counted(0, 'page'), counted(1, 'page'), counted(2, 'page')]).toEqual([
    '0 pages',
    '1 page',
    '2 pages',
  ]);
  expect([1, 999, 1000, 1234567].map(grouped)).toEqual(['1', '999', '1,000', '1,234,567']);
});
