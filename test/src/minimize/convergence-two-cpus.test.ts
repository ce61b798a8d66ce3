import { expect, it } from 'vitest';
import { minimize } from '../../../src/minimize/minimize.ts';
import { expectConvergence } from './convergence.ts';
import { judge, printed, scenarioOf } from './scenarios.ts';

// cpu1's list, the first block's index: that of cpu0. Less than a quarter is free from 8 pages on.
const MINIMUM = scenarioOf(
  'cpus=2 vmalloc=64 block=8 max-alloc=3',
  'A = vm_map_ram(1);B = vm_map_ram(2);C = vm_map_ram(3);' +
    'vm_unmap_ram(A);vm_unmap_ram(B);vm_unmap_ram(C);vm_unmap_aliases()',
  1,
);

it('random violations of block-integrity by v6.5 come down to one text', () => {
  const kinds = new Set(['vm_map_ram', 'vm_unmap_ram', 'vm_unmap_aliases', 'migrate', 'vmalloc']);
  const noise = { kinds: (kind: string) => kinds.has(kind), block: 8 };
  expectConvergence('v6.5', 'block-integrity', 15, printed(MINIMUM), noise);
});

it('a machine of real size comes down to the same text', () => {
  const maps = Array.from({ length: 13 }, (_, i) => `A${i} = vm_map_ram(${64 - i})`);
  const unmaps = maps.map((_, i) => `vm_unmap_ram(A${i})`);
  const start = scenarioOf(
    'cpus=64 vmalloc=8589934592 ram=1000000 block=1024 max-alloc=64 lazy-max=57344 arch=arm64',
    [...maps, 'migrate(7)', ...unmaps, 'vm_unmap_aliases()'].join(';'),
    5,
  );
  const { violates } = judge('v6.5', 'block-integrity');
  expect(printed(minimize(start, violates).scenario)).toBe(printed(MINIMUM));
});
