import { expect, it } from 'vitest';
import { merged } from '../../../src/minimize/merge.ts';
import { offers, printed, scenarioOf } from './scenarios.ts';

const SMALL = 'cpus=1 vmalloc=64 block=4 max-alloc=2';

it.each([
  [
    'the release of the first stays',
    'A = vmap(1);B = vmap(2);vunmap(A);vread(B+1, 1);vunmap(B)',
    'A = vmap(3);vunmap(A);vread(A+2, 1)',
  ],
  [
    'the release of the second stays',
    'A = vmap(1);B = vmap(2);vunmap(A);vread(B, 1);vunmap(B)',
    'A = vmap(3);vread(A+1, 1);vunmap(A)',
  ],
  [
    'as many pages as they take up in a block',
    'A = vm_map_ram(3);B = vm_map_ram(3)',
    'A = vm_map_ram(8)',
  ],
  [
    'a release of some pages becomes one of all',
    'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(B, 1)',
    'A = vm_map_ram(2);vm_unmap_ram(A)',
  ],
])('makes one allocation of two: %s', (_what, two, one) => {
  expect(offers(merged(scenarioOf(SMALL, two)))).toContain(printed(scenarioOf(SMALL, one)));
});

it('makes blocks large enough for both', () => {
  const two = scenarioOf(SMALL, 'A = vm_map_ram(2);B = vm_map_ram(2)');
  const one = scenarioOf('cpus=1 vmalloc=64 block=8 max-alloc=4', 'A = vm_map_ram(4)');
  expect(offers(merged(two))).toContain(printed(one));
});

it('leaves allocations of different kinds apart', () => {
  expect(offers(merged(scenarioOf(SMALL, 'A = vmap(1);B = vm_map_ram(1)')))).toEqual([]);
});
