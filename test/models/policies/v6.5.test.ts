import { describe, expect, it } from 'vitest';
import { v6_1 } from '../../../models/policies/v6.1.ts';
import { v6_4 } from '../../../models/policies/v6.4.ts';
import { tglxSeries, v6_5 } from '../../../models/policies/v6.5.ts';

describe('the series of May 2023', () => {
  it('is v6.4 and one patch more each time', () => {
    expect(v6_1.patches).toEqual([]);
    expect(tglxSeries.map(({ name }) => name)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `tglx-${n}of6`),
    );
    let previous = v6_4;
    for (const policy of tglxSeries) {
      expect(policy.patches.slice(0, -1)).toEqual(previous.patches);
      expect(policy.patches.at(-1)?.name.startsWith(`${policy.name}-`)).toBe(true);
      previous = policy;
    }
  });

  it('is v6.5 in the end', () => {
    const last = tglxSeries.at(-1);
    expect(v6_5.patches).toEqual(last?.patches);
    expect(v6_5.expected).toEqual(last?.expected);
    expect(v6_5.name).toBe('v6.5');
  });

  it('changes the verdicts it says it changes, and hands the others on', () => {
    const verdicts = (name: string) =>
      [v6_4, ...tglxSeries].map(({ expected }) => expected[name]?.verdict ?? 'holds');
    const from = (at: number, then: string, first: string) =>
      Array.from({ length: 7 }, (_, i) => (i < at ? first : then));
    expect(verdicts('no-stale-alias')).toEqual(from(1, 'holds', 'violated'));
    expect(verdicts('block-integrity')).toEqual(from(2, 'violated', 'holds'));
    expect(verdicts('no-premature-purge')).toEqual(from(6, 'holds', 'violated'));
    expect(verdicts('vread-exact')).toEqual(from(7, 'holds', 'violated'));
  });
});
