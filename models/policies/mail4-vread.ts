import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import { find_next_bit, find_next_zero_bit } from '../kernel/structures/bitmap.ts';
import { VM_IOREMAP, VMAP_BLOCK, VMAP_FLAGS_MASK, VMAP_RAM } from '../kernel/vm-flags.ts';
import type { Patch } from './policy.ts';

/**
 * vread of vm_map_ram areas as the v2 series had it. What was argued about has methods of its own.
 * `reading` says what the marks are taken to mean: `both` for a block, or one each.
 */
function vreadV2(reading: 'both' | 'split'): Patch['apply'] {
  return (Base) =>
    class extends Base {
      isVmMapRam(flags: number): boolean {
        return reading === 'both' ? (flags & VMAP_RAM) !== 0 : flags !== 0;
      }

      isBlock(flags: number): boolean {
        return reading === 'both' ? (flags & VMAP_BLOCK) !== 0 : (flags & VMAP_RAM) === 0;
      }

      /** How many pages of a hole before a used region are zeroed. */
      pagesToZero(hole: number): number {
        return hole;
      }

      /** Reads `count` pages from `addr`, inside an area of vm_map_ram. */
      *vmap_ram_vread(buffer: number[], addr: number, count: number, flags: number): Run<void> {
        if (!this.isBlock(flags)) {
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
        const end = addr + count;
        yield* this.spin_lock(vb.lock);
        for (let rs = find_next_bit(used, bits, 0); rs < bits && addr < end; ) {
          const re = find_next_zero_bit(used, bits, rs);
          const start = this.vmap_block_vaddr(vb.va.va_start, rs);
          if (addr < start) {
            const zeroes = this.pagesToZero(Math.min(start, end) - addr);
            this.zero(buffer, zeroes);
            addr += zeroes;
          }
          // From the region's first page, wherever in it `addr` is, and one page more than it has.
          const n = Math.min(re - rs + 1, end - addr);
          this.aligned_vread(buffer, start, n);
          addr += n;
          rs = find_next_bit(used, bits, re);
        }
        yield* this.spin_unlock(vb.lock);
        this.zero(buffer, end - addr);
      }

      override *vread(vpn: number, count: number): Run<number[]> {
        const buffer: number[] = [];
        const end = vpn + count;
        let addr = vpn;
        let va = yield* this.lockAreaBehind(vpn);
        for (; va !== null && addr < end; va = yield* this.lockNextArea(va)) {
          const { vm } = va;
          const flags = va.flags & VMAP_FLAGS_MASK;
          if (vm === null && flags === 0) continue;
          const size = vm === null ? va.va_end - va.va_start : this.get_vm_area_size(vm);
          const areaEnd = va.va_start + size;
          if (addr >= areaEnd) continue;
          const zeroes = Math.max(0, Math.min(va.va_start, end) - addr);
          this.zero(buffer, zeroes);
          addr += zeroes;
          if (addr === end) break;
          const n = Math.min(areaEnd, end) - addr;
          if (this.isVmMapRam(flags)) yield* this.vmap_ram_vread(buffer, addr, n, flags);
          else if (vm === null) throw new KernelOops('vread: vm->flags, and vm is NULL');
          else if ((vm.flags & VM_IOREMAP) === 0) this.aligned_vread(buffer, addr, n);
          else this.zero(buffer, n);
          addr += n;
        }
        yield* this.unlockArea(va);
        this.zero(buffer, end - addr);
        return buffer;
      }
    };
}

/** An area with VMAP_RAM is vm_map_ram's; VMAP_BLOCK besides says that it is a block. */
export const vread: Patch = {
  name: 'mail4-vread',
  title: 'mm/vmalloc.c: allow vread() to read out vm_map_ram areas',
  source: 'Baoquan He, v2 series, December 2022 (mail 4); v6.12 source',
  apply: vreadV2('both'),
};

/** An area with either mark is vm_map_ram's; one with VMAP_RAM is read directly. */
export const vreadSplit: Patch = {
  name: 'mail4-vread-split',
  title: 'vread() that takes VMAP_RAM and VMAP_BLOCK for two kinds of area',
  source: 'Uladzislau Rezki, 20 December 2022 (mail 4)',
  apply: vreadV2('split'),
};
