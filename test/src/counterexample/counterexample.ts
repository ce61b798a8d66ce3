import type { Counterexample } from '../../../src/counterexample/schema.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';

/** A well-formed counterexample; the `variant` sets the size of its area, and so its identity. */
export function anyCounterexample(variant = 2): Counterexample {
  return {
    policy: 'v6.4',
    property: 'no-stale-alias',
    scenario: {
      machine: DEFAULT_MACHINE,
      tasks: [
        {
          cpu: 0,
          operations: [
            { kind: 'vm_map_ram', area: 'A', pages: variant },
            { kind: 'vm_unmap_ram', at: { area: 'A', offset: 0 }, pages: null },
            { kind: 'vm_unmap_aliases' },
          ],
        },
      ],
    },
    observed: ['page A+0 may still be held by cpu0'],
    certificate: [],
  };
}
