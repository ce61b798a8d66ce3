import { describe, expect, it } from 'vitest';
import type { Area } from '../../../models/reference/area.ts';
import { Handles } from '../../../src/explore/handles.ts';

function add(handles: Handles, name: string, ...spans: [start: number, pages: number][]): void {
  const areas = spans.map(
    ([start, pages]): Area => ({
      kind: 'vmap',
      start,
      pages,
      frames: null,
      resetsPerms: false,
      state: 'live',
    }),
  );
  handles.add({ name, vpn: spans[0]?.[0] ?? 0, pages: 0, areas });
}

describe('vpnOf', () => {
  it('counts from the first page of the area, or takes a page as it is', () => {
    const handles = new Handles();
    add(handles, 'A', [10, 3]);
    expect(handles.vpnOf({ area: 'A', offset: 2 })).toBe(12);
    expect(handles.vpnOf({ vpn: 7 })).toBe(7);
  });

  it('is NaN for a name that nothing stands for', () => {
    expect(new Handles().vpnOf({ area: 'A', offset: 0 })).toBeNaN();
  });
});

describe('describe', () => {
  it('names the first page, and the others by their distance', () => {
    const handles = new Handles();
    add(handles, 'A', [10, 3]);
    expect([10, 12].map((vpn) => handles.describe(vpn))).toEqual(['page A', 'page A+2']);
  });

  it('names the area that had the page last', () => {
    const handles = new Handles();
    add(handles, 'A', [10, 3]);
    add(handles, 'B', [11, 1]);
    expect([10, 11, 12].map((vpn) => handles.describe(vpn))).toEqual([
      'page A',
      'page B',
      'page A+2',
    ]);
  });

  it('names a page close behind an area after the nearest one', () => {
    const handles = new Handles();
    add(handles, 'A', [10, 3]);
    add(handles, 'B', [4, 1]);
    expect([14, 6, 3, 10 + 64].map((vpn) => handles.describe(vpn))).toEqual([
      'page A+4',
      'page B+2',
      'page 3',
      'page 74',
    ]);
  });

  it('counts from the first of several areas', () => {
    const handles = new Handles();
    add(handles, 'A', [20, 2], [30, 2]);
    expect(handles.describe(31)).toBe('page A+11');
  });
});
