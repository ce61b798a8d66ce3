import type { Policy } from './policy.ts';
import { percpuSearch } from './v5.2-percpu-search.ts';
import { lazyStaysBusy } from './v5.3-lazy-stays-busy.ts';
import { v5_4 } from './v5.4.ts';

/** Linux v5.2: the first with a tree of free areas, and with VM_FLUSH_RESET_PERMS. */
export const v5_2: Policy = {
  name: 'v5.2',
  title: 'Linux v5.2',
  source: 'v5.4 without what its patches take back',
  patches: [...v5_4.patches, lazyStaysBusy, percpuSearch],
  expected: {
    ...v5_4.expected,
    'no-spurious-failure': {
      verdict: 'violated',
      source:
        'Kuppuswamy Sathyanarayanan, July 2019: pcpu_get_vm_areas() skips a free area that a ' +
        'lower base would fit into',
    },
  },
  expectedInterleaved: v5_4.expectedInterleaved,
};
