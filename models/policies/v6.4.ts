import type { Policy } from './policy.ts';
import { v6_1 } from './v6.1.ts';
import { findUnlink } from './v6.3-find-unlink.ts';
import { splitVunmap } from './v6.3-split-vunmap.ts';
import { usedMap } from './v6.3-used-map.ts';
import { vmMapRamFlags } from './v6.3-vm-map-ram-flags.ts';
import { vreadVmMapRam } from './v6.3-vread-vm-map-ram.ts';
import { perCpuXarray } from './v6.4-per-cpu-xarray.ts';

/** Linux v6.4: what v6.1 does for mappings, and vread of vm_map_ram areas. */
export const v6_4: Policy = {
  name: 'v6.4',
  title: 'Linux v6.4',
  source: 'v6.1 and the commits named by its patches',
  patches: [
    ...v6_1.patches,
    findUnlink,
    splitVunmap,
    vmMapRamFlags,
    usedMap,
    vreadVmMapRam,
    perCpuXarray,
  ],
  expected: {
    ...v6_1.expected,
    'vread-exact': {
      verdict: 'violated',
      source:
        'vmap_ram_vread_iter() reads from the first page of a used region, whichever page was ' +
        'asked for: read in the v6.12 source, found by this tool',
    },
    'object-lifetime': {
      verdict: 'violated',
      source: 'a34acf30b19b: an index modulo num_possible_cpus() is used as a CPU number',
    },
  },
  expectedInterleaved: v6_1.expectedInterleaved,
};
