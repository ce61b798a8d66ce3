import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Area } from '../../../models/reference/area.ts';
import { AreaPages, MOST_LISTED_PAGES } from '../../../models/reference/area-pages.ts';

function area(start: number, pages: number): Area {
  return { kind: 'get_vm_area', start, pages, frames: null, resetsPerms: false, state: 'live' };
}

/** Areas side by side, of few pages or of so many that they are not listed; some leaving. */
const neighbours = fc
  .array(
    fc.record({
      pages: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(MOST_LISTED_PAGES + 1)),
      gap: fc.nat(2),
      isLeaving: fc.boolean(),
      isRemoved: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((sizes) => {
    let start = 0;
    return sizes.map(({ pages, gap, isLeaving, isRemoved }) => {
      const one = area(start + gap, pages);
      if (isLeaving) one.state = 'leaving';
      start = one.start + pages;
      return { one, isRemoved };
    });
  });

describe('AreaPages', () => {
  it('finds the area of every page, however wide it is', () => {
    fc.assert(
      fc.property(neighbours, fc.nat(20), fc.nat(9), (all, first, count) => {
        const areas = new AreaPages();
        for (const { one } of all) areas.add(one);
        for (const { one, isRemoved } of all) if (isRemoved) areas.remove(one);
        const left = all.flatMap(({ one, isRemoved }) => (isRemoved ? [] : [one]));
        const ownerOf = (vpn: number) =>
          left.find(({ start, pages }) => vpn >= start && vpn < start + pages);

        // Around the beginnings and ends of areas, and in the middle of wide ones.
        const bounds = all.flatMap(({ one }) => [one.start, one.start + one.pages]);
        for (const bound of bounds) {
          for (const vpn of [bound - 1, bound, bound + first]) {
            expect(areas.get(vpn)).toBe(ownerOf(vpn));
            const pages = Array.from({ length: count }, (_, page) => vpn + page);
            const live = pages.filter((page) => ownerOf(page)?.state === 'live');
            const found = areas.liveWithin(vpn, vpn + count);
            if (live.length === 0) expect(found).toBeNaN();
            else expect(live).toContain(found);
          }
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('takes no time for an area of 2^33 pages', () => {
    const areas = new AreaPages();
    const huge = area(0, 2 ** 33);
    areas.add(huge);
    expect([areas.get(-1), areas.get(2 ** 32), areas.get(2 ** 33)]).toEqual([
      undefined,
      huge,
      undefined,
    ]);
    expect(areas.liveWithin(-5, 2 ** 34)).toBe(0);
    areas.remove(huge);
    expect(areas.get(2 ** 32)).toBeUndefined();
  });

  it('gives a page that was given away twice to the later area', () => {
    const areas = new AreaPages();
    const [narrow, first, second] = [area(0, 4), area(0, 2 ** 20), area(2, 2 ** 20)];
    for (const one of [narrow, first, second]) areas.add(one);
    expect([0, 2, 4].map((vpn) => areas.get(vpn))).toEqual([narrow, narrow, second]);
  });
});
