import { KernelOops } from '../kernel/oops.ts';
import type { VmapBlockIndex } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/**
 * One index per CPU instead of a global one. Which CPU's is used depends on the block's address,
 * not on who allocated it:
 *
 *   |--block--|--block--|--block--|--block--|
 *     cpu0's    cpu1's    cpu0's    cpu1's      with two possible CPUs
 */
export const perCpuXarray: Patch = {
  name: 'v6.4-per-cpu-xarray',
  title: 'mm: vmalloc: remove a global vmap_blocks xarray',
  source: '062eacf57ad9 (v6.4)',
  apply: (Base) =>
    class extends Base {
      override vmap_block_queue_init(): void {
        super.vmap_block_queue_init();
        for (const cpu of this.machine.possibleCpus) {
          this.per_cpu_vbq(cpu).vmap_blocks = this.newBlockIndex();
        }
      }

      /** The CPU number an address hashes to; with holes in the mask it may be no CPU at all. */
      hashIndex(vpn: number): number {
        return Math.floor(vpn / this.VMAP_BBMAP_BITS) % this.machine.possibleCpus.length;
      }

      override addr_to_vb_xa(vpn: number): VmapBlockIndex {
        const index = this.per_cpu_vbq(this.hashIndex(vpn)).vmap_blocks;
        if (index === null) throw new KernelOops('addr_to_vb_xa: not initialised');
        return index;
      }

      override blockIndexes(): readonly VmapBlockIndex[] {
        return this.machine.possibleCpus.flatMap((cpu) => this.per_cpu_vbq(cpu).vmap_blocks ?? []);
      }
    },
};
