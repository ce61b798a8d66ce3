import { describe, expect, it } from 'vitest';
import { mail5 } from '../../../models/policies/mail5.ts';
import { zones } from '../../../models/policies/mail5-zones.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';
import { addressSpread, LOADS, type SpreadRow } from '../../../src/explore/address-spread.ts';

const SPACE = 2 ** 20;

type Load = (typeof LOADS)[number];

/** Each takes a tenth of a second and is the same every time. */
const rows = new Map<string, SpreadRow>();

function row(name: string, load: Load): SpreadRow {
  const key = `${name} ${load}`;
  const policy = [v6_5, ...mail5].find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  const found = rows.get(key) ?? addressSpread(policy.name, kernelOf(policy), load);
  rows.set(key, found);
  return found;
}

describe('addressSpread', () => {
  it('does not depend on who allocates where there are no zones', () => {
    const [even, uneven] = LOADS.map((load) => row('v6.5', load));
    expect(uneven).toEqual({ ...even, load: 'uneven' });
    expect(even?.keptPages).toBe(0);
    expect(row('mail5-disabled', 'even')).toEqual({ ...even, policy: 'mail5-disabled' });
  });

  it('shows zones that match the CPU to reach the end of the space, under an uneven load', () => {
    const sequential = row(zones.name, 'uneven');
    const byCpu = row('mail5-zone-by-cpu', 'uneven');
    expect(byCpu.busyPages).toBe(sequential.busyPages);
    expect(sequential.highestPage).toBeLessThan(SPACE / 4);
    expect(byCpu.highestPage).toBeGreaterThan(SPACE - 1000);
    // What is left between two zones of one CPU: those of the 15 others.
    expect(byCpu.largestFree).toBeLessThan(16 * 500);

    const [large, small] = byCpu.restricted;
    const [largeBefore, smallBefore] = sequential.restricted;
    expect(large?.failed).toEqual([32, 32, 32, 32]);
    expect(largeBefore?.failed.slice(1)).toEqual([0, 0, 0]);
    expect(smallBefore?.failed.slice(1)).toEqual([0, 0, 0]);
    // Who can do with the lowest quarter and 2 MiB is even better off with the space spread out.
    expect(small?.failed[0]).toBeLessThan(smallBefore?.failed[0] ?? 0);
    for (const failed of small?.failed.slice(1) ?? []) expect(failed).toBeGreaterThan(0);
  });

  it('shows hardly a difference under an even load, and both wider than without zones', () => {
    const [none, sequential, byCpu] = ['v6.5', zones.name, 'mail5-zone-by-cpu'].map((name) =>
      row(name, 'even'),
    );
    const highest = (one = none) => one?.highestPage ?? Number.NaN;
    expect(highest(sequential)).toBeGreaterThan(highest(none) * 1.1);
    expect(highest(byCpu)).toBeGreaterThan(highest(none) * 1.1);
    expect(highest(byCpu)).toBeLessThan(highest(sequential) * 1.1);
  });

  it('is the same whether fill_in_progress is looked at or not, with one task at a time', () => {
    const expected = { ...row(zones.name, 'uneven'), policy: 'mail5-fill-race' };
    expect(row('mail5-fill-race', 'uneven')).toEqual(expected);
  });
});
