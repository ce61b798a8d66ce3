import type { Run } from '../kernel/point.ts';
import { bitmap_empty, find_next_bit, find_next_zero_bit } from '../kernel/structures/bitmap.ts';
import {
  VM_IOREMAP,
  VM_UNINITIALIZED,
  VMAP_BLOCK,
  VMAP_FLAGS_MASK,
  VMAP_RAM,
} from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/** vread shows the areas of vm_map_ram too: blocks region by region, as used_map has them. */
export const vreadVmMapRam: Patch = {
  name: 'v6.3-vread-vm-map-ram',
  title: 'mm/vmalloc.c: allow vread() to read out vm_map_ram areas',
  source: '06c8994626d1 (v6.3); v6.12 source',
  apply: (Base) =>
    class extends Base {
      /** Reads `count` pages from `addr`, inside an area of vm_map_ram. */
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
        const used = vb === null ? null : vb.used_map;
        if (vb === null || used === null) {
          this.zero(buffer, count);
          return;
        }
        const bits = this.VMAP_BBMAP_BITS;
        let remains = count;
        yield* this.spin_lock(vb.lock);
        let rs = bitmap_empty(used, bits) ? bits : find_next_bit(used, bits, 0);
        while (rs < bits && remains > 0) {
          const re = find_next_zero_bit(used, bits, rs);
          const start = this.vmap_block_vaddr(vb.va.va_start, rs);
          if (addr < start) {
            const to_zero = Math.min(start - addr, remains);
            this.zero(buffer, to_zero);
            addr += to_zero;
            remains -= to_zero;
            if (remains === 0) break;
          }
          // As in C: one page more than the region has, and from the region's first page even if
          // `addr` is further on.
          const n = Math.min(re - rs + 1, remains);
          this.aligned_vread(buffer, start, n);
          addr += n;
          remains -= n;
          rs = find_next_bit(used, bits, re);
        }
        yield* this.spin_unlock(vb.lock);
        this.zero(buffer, remains);
      }

      override *vread(vpn: number, count: number): Run<number[]> {
        const buffer: number[] = [];
        const end = vpn + count;
        let addr = vpn;
        let va = yield* this.lockAreaBehind(vpn);
        const misses = va !== null && end <= va.va_start;
        for (; va !== null && addr < end && !misses; va = yield* this.lockNextArea(va)) {
          const { vm } = va;
          const flags = va.flags & VMAP_FLAGS_MASK;
          if (vm === null && flags === 0) continue;
          if (vm !== null) this.noteRead(vm);
          if (vm !== null && (vm.flags & VM_UNINITIALIZED) !== 0) continue;
          const size = vm === null ? va.va_end - va.va_start : this.get_vm_area_size(vm);
          const areaEnd = va.va_start + size;
          if (addr >= areaEnd) continue;
          if (addr < va.va_start) {
            const to_zero = Math.min(va.va_start, end) - addr;
            this.zero(buffer, to_zero);
            addr += to_zero;
            if (addr === end) break;
          }
          const n = Math.min(areaEnd, end) - addr;
          if ((flags & VMAP_RAM) !== 0) yield* this.vmap_ram_vread_iter(buffer, addr, n, flags);
          else if (vm !== null && (vm.flags & VM_IOREMAP) !== 0) this.zero(buffer, n);
          else this.aligned_vread(buffer, addr, n);
          addr += n;
        }
        yield* this.unlockArea(va);
        this.zero(buffer, end - addr);
        return buffer;
      }
    },
};
