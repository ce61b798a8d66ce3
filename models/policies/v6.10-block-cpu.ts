import type { Run } from '../kernel/point.ts';
import type { ListHead } from '../kernel/structures/list.ts';
import type { VmapBlock, VmapBlockQueue } from '../kernel/vmap-block-node.ts';
import type { Patch } from './policy.ts';

/** A block knows whose queue it joins, and leaves it under that queue's lock. */
export const blockCpu: Patch = {
  name: 'v6.10-block-cpu',
  title: 'mm: fix incorrect vbq reference in purge_fragmented_block',
  source: '8c61291fd850 (v6.10)',
  apply: (Base) =>
    class extends Base {
      override queueCpuOfNewBlock(vb: VmapBlock): number {
        return vb.cpu;
      }

      override purge_fragmented_block(
        vb: VmapBlock,
        _vbq: VmapBlockQueue,
        purge_list: ListHead<VmapBlock>,
        force_purge: boolean,
      ): Run<boolean> {
        const vbq = this.per_cpu_vbq(vb.cpu);
        return super.purge_fragmented_block(vb, vbq, purge_list, force_purge);
      }
    },
};
