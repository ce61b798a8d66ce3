import { describe, expect, it } from 'vitest';
import { otherAreas, reordered } from '../../../src/minimize/reorder.ts';
import { listing, offers, printed, reduced, scenarioOf, TINY } from './scenarios.ts';

const VM = 'A = vm_map_ram(2);vm_unmap_ram(A);B = vm_map_ram(1);vm_unmap_ram(B)';

describe('reordered', () => {
  it('puts independent operations into the order of their text', () => {
    const end = reduced(
      scenarioOf(TINY, VM),
      () => true,
      (search) => search.exhaust(reordered),
    );
    expect(listing(end)).toEqual([
      'A = vm_map_ram(1)',
      'B = vm_map_ram(2)',
      'vm_unmap_ram(A)',
      'vm_unmap_ram(B)',
    ]);
  });

  it('never puts a use above its allocation', () => {
    for (const offered of offers(reordered(scenarioOf(TINY, VM)))) {
      expect(offered.match(/vm_unmap_ram/g)).toHaveLength(2);
    }
  });
});

describe('otherAreas', () => {
  it('exchanges what is done with two areas', () => {
    const start = scenarioOf(TINY, 'A = vmap(1);B = vmap(1);vunmap(B);vread(A, 1)');
    const other = scenarioOf(TINY, 'A = vmap(1);B = vmap(1);vunmap(A);vread(B, 1)');
    expect(offers(otherAreas(start))).toContain(printed(other));
  });

  it('names the area that is there', () => {
    const start = scenarioOf(TINY, 'A = vmap(1);vunmap(A);B = vmap(1);vread(A, 1)');
    const end = reduced(
      start,
      () => true,
      (search) => search.exhaust(otherAreas),
    );
    expect(listing(end)).toContain('vread(B, 1)');
  });
});
