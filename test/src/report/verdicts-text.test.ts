import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { properties } from '../../../properties/index.ts';
import { codesOf, markOf, verdictsText } from '../../../src/report/verdicts-text.ts';

describe('the table of verdicts', () => {
  it('has two letters for each property, no two alike', () => {
    const codes = [...codesOf(properties).values()];
    expect(new Set(codes).size).toBe(properties.length);
    expect(codes.every((code) => code.length === 2)).toBe(true);
  });

  it.each([
    ['fc1e0d980037: blocks that are used up', 'c'],
    ['Thomas Gleixner, 15 May 2023: one hull', 'm'],
    ['read in the v6.12 source, found by this tool', 't'],
  ])('marks "%s" with %s', (source, mark) => {
    expect(markOf({ verdict: 'violated', source })).toBe(mark);
  });

  it('has a row for every policy, a letter for every violation, and is narrow', () => {
    const lines = verdictsText(policies, properties).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const { name, expected } of policies) {
      const row = lines.find((line) => line.startsWith(`${name} `)) ?? '';
      const violated = Object.values(expected).filter(({ verdict }) => verdict === 'violated');
      expect(row.slice(name.length).match(/[cmt]/g) ?? []).toHaveLength(violated.length);
    }
  });
});
