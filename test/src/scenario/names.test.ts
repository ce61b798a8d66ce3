import { describe, expect, it } from 'vitest';
import { areaName, assignedArea, isAreaName, usedArea } from '../../../src/scenario/names.ts';

describe('areaName', () => {
  it('counts A .. Z, AA .. ZZ, AAA', () => {
    const names = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(areaName);
    expect(names).toEqual(['A', 'B', 'Z', 'AA', 'AB', 'AZ', 'BA', 'ZZ', 'AAA']);
  });

  it('gives 10,000 different area names', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => areaName(index));
    expect(new Set(names).size).toBe(10_000);
    expect(names.every(isAreaName)).toBe(true);
  });
});

describe('isAreaName', () => {
  it.each(['A', 'B2', 'XFS_BUF', 'A_'])('takes %s', (name) => {
    expect(isAreaName(name)).toBe(true);
  });

  it.each(['', 'a', '2B', '_A', 'A-B', 'A B', 'Á', 'A'.repeat(33)])('refuses "%s"', (name) => {
    expect(isAreaName(name)).toBe(false);
  });
});

describe('the areas of an operation', () => {
  it('knows what is assigned and what is used', () => {
    const alloc = { kind: 'vmap', area: 'A', pages: 1 } as const;
    const free = { kind: 'vunmap', at: { area: 'B', offset: 0 } } as const;
    const bare = { kind: 'vunmap', at: { vpn: 5 } } as const;
    expect([assignedArea(alloc), usedArea(alloc)]).toEqual(['A', null]);
    expect([assignedArea(free), usedArea(free)]).toEqual([null, 'B']);
    expect([assignedArea(bare), usedArea(bare)]).toEqual([null, null]);
  });
});
