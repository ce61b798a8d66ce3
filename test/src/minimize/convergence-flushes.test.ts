import { describe, it } from 'vitest';
import { expectConvergence } from './convergence.ts';
import { printed, scenarioOf } from './scenarios.ts';

// Several mechanisms flush a page twice, so that local minima are many and tries are more.
describe('random violations of flushed-exactly-once from 12 seeds come down to one text', () => {
  it('v6.4: the dirty range is never reset, and an area is flushed that nobody has seen', () => {
    const minimum = scenarioOf(
      'cpus=1 vmalloc=4 ram=1 block=2 max-alloc=1',
      'A = vm_map_ram(1);B = vmalloc(1);vm_unmap_ram(A);C = vmalloc(1, VM_FLUSH_RESET_PERMS)',
    );
    expectConvergence('v6.4', 'flushed-exactly-once', 12, printed(minimum));
  });

  it('v6.5: a block that has to go is flushed as a whole', () => {
    const minimum = scenarioOf(
      'cpus=1 vmalloc=2 block=2 max-alloc=1',
      'A = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases();B = vm_map_ram(2)',
    );
    expectConvergence('v6.5', 'flushed-exactly-once', 12, printed(minimum));
  });
});
