import { describe, it } from 'vitest';
import { expectConvergence } from './convergence.ts';
import { printed, scenarioOf, TINY } from './scenarios.ts';

describe('random violations from 20 seeds come down to one text', () => {
  it.each([
    [
      'v6.4',
      'no-stale-alias',
      'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases()',
    ],
    ['v6.4', 'no-premature-purge', 'A = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases()'],
    ['v6.1', 'vread-exact', 'A = vm_map_ram(1);vread(A, 1)'],
    ['v6.4', 'vread-exact', 'A = vm_map_ram(1);vread(A+1, 1)'],
  ])('%s %s', (policy, property, operations) => {
    expectConvergence(policy, property, 20, printed(scenarioOf(TINY, operations)));
  });
});
