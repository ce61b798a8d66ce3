import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import type { Patch } from './policy.ts';

/** vread walks the list of all areas from its beginning. */
export const vreadFromStart: Patch = {
  name: 'v5.12-vread-from-start',
  title: 'before "mm/vmalloc: use rb_tree instead of list for vread() lookups"',
  source: 'f608788cd2d6 (v5.13)',
  apply: (Base) =>
    class extends Base {
      override firstAreaToRead(): VmapArea | null {
        return this.vmap_area_list.next.owner;
      }
    },
};
