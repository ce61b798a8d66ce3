import type { Run } from '../kernel/point.ts';
import { find_next_bit, find_next_zero_bit } from '../kernel/structures/bitmap.ts';
import { VMAP_BLOCK } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/** vread of a block begins at the page asked for, and ends each region where the region ends. */
export const exactVread: Patch = {
  name: 'exact-vread',
  title: 'read a vmap_block from the page asked for',
  source: 'ours: vmap_ram_vread_iter() (v6.3 to v6.12) reads a region from its first page',
  apply: (Base) =>
    class extends Base {
      /** Replaces that of v6.3. */
      *vmap_ram_vread_iter(
        buffer: number[],
        addr: number,
        count: number,
        flags: number,
      ): Run<void> {
        if ((flags & VMAP_BLOCK) === 0) {
          this.aligned_vread(buffer, addr, count);
          return;
        }
        const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
        if (vb === null || vb.used_map === null) {
          this.zero(buffer, count);
          return;
        }
        let at = this.offsetInBlock(addr);
        const end = at + count;
        yield* this.spin_lock(vb.lock);
        while (at < end) {
          const rs = find_next_bit(vb.used_map, end, at);
          const re = find_next_zero_bit(vb.used_map, end, rs);
          this.zero(buffer, rs - at);
          this.aligned_vread(buffer, vb.va.va_start + rs, re - rs);
          at = re;
        }
        yield* this.spin_unlock(vb.lock);
      }
    },
};
