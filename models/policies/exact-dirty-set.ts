import { get_order } from '../kernel/err.ts';
import { PTE_READ } from '../kernel/footprint.ts';
import { KernelOops } from '../kernel/oops.ts';
import type { Run } from '../kernel/point.ts';
import {
  bitmap_clear,
  bitmap_set,
  find_next_bit,
  find_next_zero_bit,
} from '../kernel/structures/bitmap.ts';
import { ListHead, list_replace_init } from '../kernel/structures/list.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { insert_vmap_area } from '../kernel/structures/vmap-area-tree.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { VmapBlock } from '../kernel/vmap-block-node.ts';
import { RangeList } from './exact-range-list.ts';
import type { Patch } from './policy.ts';

/**
 * Knows exactly which pages were unmapped and not flushed since, and flushes them as a list of
 * ranges: all of them whenever it flushes at all. That is not generosity: where a long list is a
 * full flush, whatever it left out would be clean afterwards, and the next flush one too many.
 *
 * - A block has a bitmap of its dirty pages: those that had a PTE, not the rounded-up region. Bits
 *   are cleared when they are collected, so a block that becomes all dirty brings only the rest.
 * - A lazy area knows how many of its pages had PTEs, always the first ones: no guard page. For
 *   that, areas on the purge list are not merged.
 * - A block lives until its area has been flushed.
 */
export const dirtySet: Patch = {
  name: 'exact-dirty-set',
  title: 'flush every dirty page once, and no other',
  source: 'ours, for what mail 1 asks',
  apply: (Base) =>
    class extends Base {
      /** A bitmap in struct vmap_block: pages unmapped and not flushed. */
      readonly dirty_map = new WeakMap<VmapBlock, Uint32Array>();
      /** Blocks whose areas are lazy: a pointer in struct vmap_area, in the union with vm. */
      readonly lazy_blocks = new Map<VmapArea, VmapBlock>();

      override initVmapBlock(va: VmapArea, order: number): VmapBlock {
        const vb = super.initVmapBlock(va, order);
        this.dirty_map.set(vb, new Uint32Array(Math.ceil(this.VMAP_BBMAP_BITS / 32)));
        return vb;
      }

      dirtyMapOf(vb: VmapBlock): Uint32Array {
        const map = this.dirty_map.get(vb);
        if (map === undefined) throw new KernelOops('dirty_map: no such block');
        return map;
      }

      /** vunmap_range_noflush() that counts the PTEs: a mapping that failed half-way has fewer. */
      *unmapAndCount(start: number, end: number): Run<number> {
        let pages = 0;
        this.notePages(start, end, PTE_READ);
        this.hardware.pageTable.forEachPresentRun(start, end, (from, to) => {
          pages += to - from;
        });
        yield* this.vunmap_range_noflush(start, end);
        return pages;
      }

      override *vb_free(addr: number, size: number): Run<void> {
        this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_free: size > PAGE_SIZE*VMAP_MAX_ALLOC');
        const order = get_order(size);
        const offset = this.offsetInBlock(addr);
        const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
        if (vb === null) throw new KernelOops('vb_free: no block at this address');

        yield* this.spin_lock(vb.lock);
        if (vb.used_map !== null) bitmap_clear(vb.used_map, offset, 2 ** order);
        yield* this.spin_unlock(vb.lock);

        const unmapped = yield* this.unmapAndCount(addr, addr + size);

        yield* this.spin_lock(vb.lock);
        bitmap_set(this.dirtyMapOf(vb), offset, unmapped);
        yield* this.addDirtyAndUnlock(vb, offset, order);
      }

      override *free_unmap_vmap_area(va: VmapArea): Run<void> {
        // The word is not in use while the area is lazy.
        va.subtree_max_size = yield* this.unmapAndCount(va.va_start, va.va_end);
        yield* this.free_vmap_area_noflush(va);
      }

      override *free_vmap_area_noflush(va: VmapArea): Run<void> {
        yield* this.spin_lock(this.purge_vmap_area_lock);
        yield* this.makeLazy(va);
        yield* this.spin_unlock(this.purge_vmap_area_lock);
        yield* this.drainIfNeeded();
      }

      /** Puts an area on the purge list, under its lock, unmerged. */
      *makeLazy(va: VmapArea): Run<void> {
        yield* this.atomic_long_add_return(va.va_end - va.va_start, this.vmap_lazy_nr);
        const { purge_vmap_area_root, purge_vmap_area_list, vmap_area_cachep } = this;
        insert_vmap_area(va, purge_vmap_area_root, purge_vmap_area_list, vmap_area_cachep);
      }

      *drainIfNeeded(): Run<void> {
        const nr_lazy = yield* this.atomic_long_read(this.vmap_lazy_nr);
        if (nr_lazy > this.lazy_max_pages()) yield* this.requestDrain();
      }

      /**
       * Leaves the index and joins the purge list in one locked step, so that whoever walks the
       * index first and takes the list then meets the block in one of them.
       */
      override *free_vmap_block(vb: VmapBlock): Run<void> {
        this.trace('free_vmap_block');
        const { va } = vb;
        yield* this.unlinkBusyArea(va);
        this.lazy_blocks.set(va, vb);

        yield* this.spin_lock(this.purge_vmap_area_lock);
        const xa = this.addr_to_vb_xa(va.va_start);
        const tmp = yield* this.xa_erase(xa, this.addr_to_vb_idx(va.va_start));
        this.BUG_ON(tmp !== vb, 'free_vmap_block: tmp != vb');
        yield* this.makeLazy(va);
        yield* this.spin_unlock(this.purge_vmap_area_lock);
        yield* this.drainIfNeeded();
      }

      /** Moves the dirty pages of a block to a list, under the block's lock. */
      collectDirty(vb: VmapBlock, ranges: RangeList): void {
        const map = this.dirtyMapOf(vb);
        const bits = this.VMAP_BBMAP_BITS;
        for (let rs = find_next_bit(map, bits, 0); rs < bits; ) {
          const re = find_next_zero_bit(map, bits, rs);
          ranges.add(vb.va.va_start + rs, vb.va.va_start + re);
          rs = find_next_bit(map, bits, re);
        }
        map.fill(0);
      }

      /** Collects the dirty pages of every block; those put on `purge_list` bring theirs later. */
      *walkBlocks(ranges: RangeList, purge_list: ListHead<VmapBlock> | null): Run<void> {
        for (const cpu of this.machine.possibleCpus) {
          const vbq = this.per_cpu_vbq(cpu);
          const xa = vbq.vmap_blocks;
          if (xa === null) continue;
          this.rcu_read_lock();
          for (let vb = yield* this.xa_first(xa); vb !== null; vb = yield* this.xa_next(xa, vb)) {
            yield* this.spin_lock(vb.lock);
            const purged =
              purge_list !== null &&
              (yield* this.purge_fragmented_block(vb, vbq, purge_list, false));
            if (!purged) this.collectDirty(vb, ranges);
            yield* this.spin_unlock(vb.lock);
          }
          this.rcu_read_unlock();
        }
      }

      /** Flushes the ranges and what the lazy areas have left to flush, and frees those. */
      *flushAndPurge(ranges: RangeList): Run<boolean> {
        const local_purge_list = new ListHead<VmapArea>(null);
        yield* this.spin_lock(this.purge_vmap_area_lock);
        this.purge_vmap_area_root.rb_node = null;
        list_replace_init(this.purge_vmap_area_list, local_purge_list);
        yield* this.spin_unlock(this.purge_vmap_area_lock);

        for (let node = local_purge_list.next; node.owner !== null; node = node.next) {
          this.walks.visited(this.current);
          const va = node.owner;
          const vb = this.lazy_blocks.get(va);
          if (vb === undefined) ranges.add(va.va_start, va.va_start + va.subtree_max_size);
          else this.collectDirty(vb, ranges);
        }
        if (ranges.bounds.length > 0) yield* this.flush_tlb_kernel_vas(ranges.bounds);
        if (local_purge_list.next.owner === null) return false;
        this.trace('purge_vmap_area_lazy');
        yield* this.freePurgeList(local_purge_list);
        return true;
      }

      override freePurgedArea(va: VmapArea): boolean {
        const vb = this.lazy_blocks.get(va);
        if (vb !== undefined) {
          this.lazy_blocks.delete(va);
          this.kfree_rcu(vb);
        }
        return super.freePurgedArea(va);
      }

      override *__purge_vmap_area_lazy(): Run<boolean> {
        this.lockdep_assert_held(this.vmap_purge_lock);
        const ranges = new RangeList();
        yield* this.walkBlocks(ranges, null);
        return yield* this.flushAndPurge(ranges);
      }

      /** _vm_unmap_aliases() for a list of ranges instead of one. */
      *unmapAliases(ranges: RangeList): Run<void> {
        const purge_list = new ListHead<VmapBlock>(null);
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* this.walkBlocks(ranges, purge_list);
        yield* this.free_purged_blocks(purge_list);
        yield* this.flushAndPurge(ranges);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }

      override *_vm_unmap_aliases(start: number, end: number, flush: boolean): Run<void> {
        const ranges = new RangeList();
        if (flush) ranges.add(start, end);
        yield* this.unmapAliases(ranges);
      }

      /** The direct-map pages of frames, as ranges; ascending pfn make the fewest. */
      directMapRanges(pages: readonly number[]): RangeList {
        const ranges = new RangeList();
        for (const pfn of pages) {
          const vpn = this.machine.directMapVpn + pfn;
          ranges.add(vpn, vpn + 1);
        }
        return ranges;
      }

      override *vm_reset_perms(area: VmStruct): Run<void> {
        const ranges = this.directMapRanges([...(area.pages ?? [])].sort((a, b) => a - b));
        this.set_area_direct_map(area, (pfn) => this.set_direct_map_invalid_noflush(pfn));
        yield* this.unmapAliases(ranges);
        this.set_area_direct_map(area, (pfn) => this.set_direct_map_default_noflush(pfn));
      }

      /** One interrupt for all pages, as x86 has it. */
      override *cpa_flush(pages: readonly number[]): Run<void> {
        const { bounds } = this.directMapRanges(pages);
        if (bounds.length > 0) yield* this.flush_tlb_kernel_vas(bounds);
      }

      override forEachBlock(visit: (vb: VmapBlock) => void): void {
        super.forEachBlock(visit);
        for (const vb of this.lazy_blocks.values()) visit(vb);
      }
    },
};
