import { PcpuAreas } from './pcpu-areas.ts';
import type { Run } from './point.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { find_vmap_area_exceed_addr } from './structures/vmap-area-tree.ts';
import { VM_IOREMAP } from './vm-flags.ts';

/** Reading vmalloc space without knowing what is there (/proc/kcore). mm/vmalloc.c, v6.1. */
export abstract class Vread extends PcpuAreas {
  /** Copies `pages` pages from `vpn`: the frame that is mapped, or 0 where none is. */
  aligned_vread(buffer: number[], vpn: number, pages: number): void {
    for (let page = 0; page < pages; page++) {
      buffer.push(Math.max(0, this.vmalloc_to_page(vpn + page)));
    }
  }

  /** Fills `pages` entries with zeroes. */
  zero(buffer: number[], pages: number): void {
    for (let page = 0; page < pages; page++) buffer.push(0);
  }

  /** Locks the busy areas and returns the first that ends behind `vpn`, or null. For v6.3 on. */
  *lockAreaBehind(vpn: number): Run<VmapArea | null> {
    yield* this.spin_lock(this.vmap_area_lock);
    return find_vmap_area_exceed_addr(vpn, this.vmap_area_root);
  }

  /** Goes on to the area behind one that lockAreaBehind() or this returned, or to null. */
  *lockNextArea(va: VmapArea): Run<VmapArea | null> {
    this.walks.visited(this.current);
    return va.list.next.owner;
  }

  /** Ends what lockAreaBehind() began; `va` is what was returned last. */
  *unlockArea(_va: VmapArea | null): Run<void> {
    yield* this.spin_unlock(this.vmap_area_lock);
  }

  /** The area to begin a read of `count` pages from `vpn` with; null: there is nothing to read. */
  firstAreaToRead(vpn: number, count: number): VmapArea | null {
    const va = find_vmap_area_exceed_addr(vpn, this.vmap_area_root);
    return va === null || vpn + count <= va.va_start ? null : va;
  }

  /**
   * Reads `count` pages from `vpn`. Each entry of the result stands for the bytes of one page: the
   * frame (pfn) they came from, or 0 for zeroes. Empty if no live area intersects the range.
   * Areas of vm_map_ram have no vm_struct and are passed over: this is v3.10 to v6.2.
   */
  *vread(vpn: number, count: number): Run<number[]> {
    const buffer: number[] = [];
    const end = vpn + count;
    let addr = vpn;
    yield* this.spin_lock(this.vmap_area_lock);
    let va = this.firstAreaToRead(vpn, count);
    for (; va !== null && addr < end; va = va.list.next.owner) {
      this.walks.visited(this.current);
      const vm = va.vm;
      if (vm === null) continue;
      this.noteRead(vm);
      const vmEnd = vm.addr + this.get_vm_area_size(vm);
      if (addr >= vmEnd) continue;
      const zeroes = Math.max(0, Math.min(vm.addr, end) - addr);
      this.zero(buffer, zeroes);
      addr += zeroes;
      if (addr === end) break;
      const n = Math.min(vmEnd, end) - addr;
      if ((vm.flags & VM_IOREMAP) === 0) this.aligned_vread(buffer, addr, n);
      else this.zero(buffer, n);
      addr += n;
    }
    yield* this.spin_unlock(this.vmap_area_lock);
    if (buffer.length > 0) this.zero(buffer, count - buffer.length);
    return buffer;
  }
}
