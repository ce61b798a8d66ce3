import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { Patch } from './policy.ts';

/** vread looks at all nodes for each next area, and holds one node's lock while it reads. */
export const vreadNodes: Patch = {
  name: 'v6.9-vread-nodes',
  title: 'mm: vmalloc: support multiple nodes in vread_iter',
  source: '53becf32aec1 (v6.9), with fc2c22693c60, which takes one lock at a time',
  apply: (Base) =>
    class extends Base {
      override lockAreaBehind(vpn: number): Run<VmapArea | null> {
        return this.find_vmap_area_exceed_addr_lock(vpn);
      }

      override *lockNextArea(va: VmapArea): Run<VmapArea | null> {
        const next = va.va_end;
        yield* this.unlockArea(va);
        return yield* this.find_vmap_area_exceed_addr_lock(next);
      }

      override *unlockArea(va: VmapArea | null): Run<void> {
        if (va !== null) yield* this.spin_unlock(this.busyOf(va.va_start).lock);
      }
    },
};
