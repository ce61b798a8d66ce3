import { KernelOops } from '../kernel/oops.ts';
import type { VmapBlockIndex } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** The hash of an address counts up to nr_cpu_ids, and goes on to the next possible CPU. */
export const possibleHash: Patch = {
  name: 'v6.10-possible-hash',
  title: 'mm: vmalloc: check if a hash-index is in cpu_possible_mask',
  source: 'a34acf30b19b (v6.10)',
  apply: (Base) =>
    class extends Base {
      override addr_to_vb_xa(vpn: number): VmapBlockIndex {
        const { possibleCpus } = this.machine;
        const nr_cpu_ids = 1 + Math.max(...possibleCpus);
        const hash = Math.floor(vpn / this.VMAP_BBMAP_BITS) % nr_cpu_ids;
        const cpu = possibleCpus.find((possible) => possible >= hash);
        const index = cpu === undefined ? null : this.per_cpu_vbq(cpu).vmap_blocks;
        if (index === null) throw new KernelOops('addr_to_vb_xa: not initialised');
        return index;
      }
    },
};
