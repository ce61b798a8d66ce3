import type { Patch } from './policy.ts';

/** As many nodes as there are CPUs; here, as many as the machine is given. */
export const nrNodes: Patch = {
  name: 'v6.9-nr-nodes',
  title: 'mm: vmalloc: set nr_nodes based on CPUs in a system',
  source: 'Uladzislau Rezki, v3 10/11, 2 January 2024; v6.12 source',
  apply: (Base) =>
    class extends Base {
      override vmap_init_nodes(): void {
        this.nr_vmap_nodes = this.machine.vmapNodes;
        this.vmap_zone_size = this.machine.zonePages;
        super.vmap_init_nodes();
      }
    },
};
