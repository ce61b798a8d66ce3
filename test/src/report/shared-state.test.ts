import { describe, expect, it } from 'vitest';
import { changesBetween, NOTHING_SHARED } from '../../../src/report/shared-state.ts';

const pools = (...entries: readonly (readonly [string, string])[]) => ({
  ...NOTHING_SHARED,
  pools: new Map(entries),
});

describe('what has changed of what tasks share', () => {
  it('is nothing where nothing has', () => {
    const state = pools(['pool(2) of node 0', '1 area, len 1']);
    expect(changesBetween(state, state)).toEqual([]);
  });

  it('names the pools that were filled, changed and emptied', () => {
    const one = pools(
      ['pool(2) of node 0', '1 area, len 1'],
      ['pool(1) of node 1', '1 area, len 1'],
    );
    const two = pools(['pool(2) of node 0', '0 areas, len 1']);
    expect(changesBetween(NOTHING_SHARED, one)).toEqual([
      'pool(2) of node 0: 1 area, len 1',
      'pool(1) of node 1: 1 area, len 1',
    ]);
    expect(changesBetween(one, two)).toEqual([
      'pool(2) of node 0: 0 areas, len 1',
      'pool(1) of node 1: empty',
    ]);
  });

  it('names lazy areas, their number and stale pages', () => {
    const after = { ...NOTHING_SHARED, lazy: '0-2', vmapLazyNr: 2, stale: '0-1' };
    expect(changesBetween(NOTHING_SHARED, after)).toEqual([
      'lazy: 0-2',
      'vmap_lazy_nr 2',
      'stale: 0-1',
    ]);
  });
});
