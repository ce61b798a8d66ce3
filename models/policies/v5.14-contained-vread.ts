import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { __find_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { Patch } from './policy.ts';

/** A read that begins in no area returns nothing, whatever lies behind. */
export const containedVread: Patch = {
  name: 'v5.14-contained-vread',
  title: 'before "mm/vmalloc: fix wrong behavior in vread"',
  source: 'f608788cd2d6 (v5.13) brought it, f181234a5a21 (v5.15) mended it',
  apply: (Base) =>
    class extends Base {
      override firstAreaToRead(vpn: number): VmapArea | null {
        return __find_vmap_area(vpn, this.vmap_area_root);
      }
    },
};
