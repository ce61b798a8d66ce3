import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListHead } from '../../../../models/kernel/structures/list.ts';
import { RbRoot } from '../../../../models/kernel/structures/rbtree.ts';
import type { VmapArea } from '../../../../models/kernel/structures/vmap-area-node.ts';
import {
  __find_vmap_area,
  classify_va_fit_type,
  find_vmap_area_exceed_addr,
  insert_vmap_area,
} from '../../../../models/kernel/structures/vmap-area-tree.ts';
import { CountingSlab, newArea } from './area-space.ts';

type Find = (vpn: number, root: RbRoot<VmapArea>) => VmapArea | null;

/** A lookup of every page against a scan of the areas, for random disjoint areas. */
function agreesWithScan(find: Find, wanted: (va: VmapArea, vpn: number) => boolean) {
  const bounds = fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { maxLength: 20 });
  return fc.property(bounds, fc.array(fc.boolean()), (unsorted, taken) => {
    const slab = new CountingSlab();
    const root = new RbRoot<VmapArea>();
    const head = new ListHead<VmapArea>(null);
    const sorted = unsorted.toSorted((a, b) => a - b);
    const areas: VmapArea[] = [];
    for (let i = 0; i + 1 < sorted.length; i++) {
      if (taken[i] === false) continue;
      const va = newArea(slab, sorted[i] ?? 0, sorted[i + 1] ?? 0);
      insert_vmap_area(va, root, head, slab);
      areas.push(va);
    }
    for (let vpn = -32; vpn < 32; vpn++) {
      expect(find(vpn, root)).toBe(areas.find((va) => wanted(va, vpn)) ?? null);
    }
  });
}

const contains = (va: VmapArea, vpn: number) => va.va_start <= vpn && vpn < va.va_end;
const endsBehind = (va: VmapArea, vpn: number) => vpn < va.va_end;

describe('lookup by page', () => {
  it('finds the area that contains it', () => {
    fc.assert(agreesWithScan(__find_vmap_area, contains), { seed: 1 });
  });

  it('finds the first area that ends behind it', () => {
    fc.assert(agreesWithScan(find_vmap_area_exceed_addr, endsBehind), { seed: 2 });
  });

  // vread did so before f181234a5a21, and read zeroes where a hole came first.
  it('is noticed if it looks for containment instead', () => {
    const property = agreesWithScan(__find_vmap_area, endsBehind);
    expect(fc.check(property, { seed: 3, endOnFailure: true }).failed).toBe(true);
  });
});

describe('classify_va_fit_type', () => {
  it.each([
    [10, 10, 'FL_FIT_TYPE'],
    [10, 4, 'LE_FIT_TYPE'],
    [16, 4, 'RE_FIT_TYPE'],
    [12, 4, 'NE_FIT_TYPE'],
    [9, 4, 'NOTHING_FIT'],
    [17, 4, 'NOTHING_FIT'],
  ])('puts %i, %i pages, in 10-20 down as %s', (start, size, type) => {
    expect(classify_va_fit_type(newArea(new CountingSlab(), 10, 20), start, size)).toBe(type);
  });
});
