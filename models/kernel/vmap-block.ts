import { VMALLOC_START } from '../hardware/machine.ts';
import { alignDown, ENOMEM, ERR_PTR, get_order, NULL } from './err.ts';
import { KernelOops } from './oops.ts';
import { PassedStep, type Run, type Step } from './point.ts';
import { ListHead, list_add_tail, list_del } from './structures/list.ts';
import type { VmapArea } from './structures/vmap-area-node.ts';
import { VmapBlock, type VmapBlockQueue } from './vmap-block-node.ts';
import { VmapBlockQueues } from './vmap-block-queue.ts';

const passedTrue = new PassedStep<boolean>(true);

/** Blocks for small, short-lived mappings: vm_map_ram and its way out. mm/vmalloc.c, v6.1. */
export abstract class VmapBlocks extends VmapBlockQueues {
  /** Address space for one block. */
  alloc_vmap_block_area(): Run<VmapArea | number> {
    const size = this.VMAP_BBMAP_BITS;
    return this.alloc_vmap_area(size, size, VMALLOC_START, this.VMALLOC_END);
  }

  /** The fields of a block whose first 2^order pages are taken. */
  initVmapBlock(va: VmapArea, order: number): VmapBlock {
    const vb = new VmapBlock(this, this.newLock('vb->lock'), va);
    this.BUG_ON(this.VMAP_BBMAP_BITS <= 2 ** order, 'new_vmap_block: nothing left free');
    vb.free = this.VMAP_BBMAP_BITS - 2 ** order;
    vb.dirty = 0;
    vb.dirty_min = this.VMAP_BBMAP_BITS;
    vb.dirty_max = 0;
    vb.cpu = this.current.cpu;
    vb.index = this.addr_to_vb_idx(va.va_start);
    return vb;
  }

  /** Takes a new block and its first 2^order pages. Returns the vpn or a disguised error. */
  *new_vmap_block(order: number): Run<number> {
    if (!this.kmalloc('vmap_block')) return ERR_PTR(ENOMEM);
    const va = yield* this.alloc_vmap_block_area();
    if (typeof va === 'number') {
      this.kfree('vmap_block');
      return ERR_PTR(va);
    }
    const vaddr = this.vmap_block_vaddr(va.va_start, 0);
    const vb = this.initVmapBlock(va, order);

    const xa = this.addr_to_vb_xa(va.va_start);
    const err = yield* this.xa_insert(xa, this.addr_to_vb_idx(va.va_start), vb);
    if (err !== 0) {
      this.kfree('vmap_block');
      yield* this.free_vmap_area(va);
      return ERR_PTR(err);
    }
    this.trace('new_vmap_block');

    const vbq = this.per_cpu_vbq(this.queueCpuOfNewBlock(vb));
    yield* this.spin_lock(vbq.lock);
    this.vbq_list_add_tail(vb, vbq);
    yield* this.spin_unlock(vbq.lock);
    return vaddr;
  }

  /** Whose queue a new block joins: the CPU the task is on by then (raw_cpu_ptr, until v6.9). */
  queueCpuOfNewBlock(vb: VmapBlock): number {
    vb.cpu = this.current.cpu;
    return vb.cpu;
  }

  /**
   * Takes a block out of the index; its area becomes lazy, the object goes after a grace period.
   */
  *free_vmap_block(vb: VmapBlock): Run<void> {
    this.trace('free_vmap_block');
    const start = vb.va.va_start;
    const tmp = yield* this.xa_erase(this.addr_to_vb_xa(start), this.addr_to_vb_idx(start));
    this.BUG_ON(tmp !== vb, 'free_vmap_block: tmp != vb');
    yield* this.free_vmap_area_noflush(vb.va);
    this.kfree_rcu(vb);
  }

  /** Frees a block after a grace period. */
  kfree_rcu(vb: VmapBlock): void {
    this.call_rcu(() => {
      this.kfree('vmap_block');
      this.noteWrite(vb.memory);
      this.noteWrite(vb.lock);
      vb.lock.freed = true;
    });
  }

  /** Whether everything ever handed out of a block is unmapped, and some of it never was. */
  isFragmented(free: number, dirty: number): boolean {
    return free + dirty === this.VMAP_BBMAP_BITS && dirty !== this.VMAP_BBMAP_BITS;
  }

  /**
   * Takes a fragmented block off its free list, `vbq`'s, and puts it on `purge_list`; the block's
   * lock is held. Returns whether it did. `force_purge` means nothing before v6.5. A function of
   * its own since v6.5 (ca5e46c3400b); before, the same lines stood in purge_fragmented_blocks.
   */
  *purge_fragmented_block(
    vb: VmapBlock,
    vbq: VmapBlockQueue,
    purge_list: ListHead<VmapBlock>,
    _force_purge: boolean,
  ): Run<boolean> {
    if (!this.isFragmented(vb.free, vb.dirty)) return false;
    this.trace('purge_fragmented_block');
    vb.free = 0; // no allocation from now on
    vb.dirty = this.VMAP_BBMAP_BITS; // nor a second purge
    vb.dirty_min = 0;
    vb.dirty_max = this.VMAP_BBMAP_BITS;
    yield* this.spin_lock(vbq.lock);
    this.vbq_list_del(vb);
    yield* this.spin_unlock(vbq.lock);
    list_add_tail(vb.purge, purge_list);
    return true;
  }

  *purge_fragmented_blocks(cpu: number): Run<void> {
    const purge = new ListHead<VmapBlock>(null);
    const vbq = this.per_cpu_vbq(cpu);
    this.rcu_read_lock();
    for (
      let node = yield* this.next_rcu(vbq.free);
      node?.owner;
      node = yield* this.next_rcu(node)
    ) {
      const vb = node.owner;
      const free = yield* this.READ_ONCE(vb, 'free');
      const dirty = yield* this.READ_ONCE(vb, 'dirty');
      if (!this.isFragmented(free, dirty)) continue;
      yield* this.spin_lock(vb.lock);
      yield* this.purge_fragmented_block(vb, vbq, purge, true);
      yield* this.spin_unlock(vb.lock);
    }
    this.rcu_read_unlock();
    yield* this.free_purged_blocks(purge);
  }

  *free_purged_blocks(purge: ListHead<VmapBlock>): Run<void> {
    for (let node = purge.next; node.owner !== null; ) {
      const vb = node.owner;
      node = node.next;
      this.walks.visited(this.current);
      list_del(vb.purge);
      yield* this.free_vmap_block(vb);
    }
  }

  override *purge_fragmented_blocks_allcpus(): Run<void> {
    for (const cpu of this.machine.possibleCpus) yield* this.purge_fragmented_blocks(cpu);
  }

  /** What vb_alloc returns for a size of 0: NULL, which IS_ERR() does not catch. */
  vb_alloc_size_0(): number {
    return NULL;
  }

  /** The next 2^order free pages of a block, under its lock. */
  takePages(vb: VmapBlock, order: number): number {
    const pages_off = this.VMAP_BBMAP_BITS - vb.free;
    const vaddr = this.vmap_block_vaddr(vb.va.va_start, pages_off);
    vb.free -= 2 ** order;
    return vaddr;
  }

  /** Whether vb_alloc takes the lock of a block to look for room. Before v6.5: of every block. */
  mayHaveRoom(_vb: VmapBlock, _order: number): Step<boolean> {
    return passedTrue;
  }

  /** Whether vm_unmap_aliases flushes the dirty range of a block; under its lock. */
  hasDirtyRange(vb: VmapBlock): boolean {
    return vb.dirty !== 0 && vb.dirty !== this.VMAP_BBMAP_BITS;
  }

  /** What becomes of a dirty range that is about to be flushed: nothing, before v6.5. */
  dirtyRangeCollected(_vb: VmapBlock): void {}

  /** Takes `size` pages, rounded up to a power of two, from a block. Returns a vpn or an error. */
  *vb_alloc(size: number): Run<number> {
    this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_alloc: size > PAGE_SIZE*VMAP_MAX_ALLOC');
    if (this.WARN_ON(size === 0, 'vb_alloc: size is 0')) return this.vb_alloc_size_0();
    const order = get_order(size);
    let vaddr = NULL;
    this.rcu_read_lock();
    const vbq = this.per_cpu_vbq(this.current.cpu);
    for (
      let node = yield* this.next_rcu(vbq.free);
      node?.owner;
      node = yield* this.next_rcu(node)
    ) {
      const vb = node.owner;
      if (!(yield* this.mayHaveRoom(vb, order))) continue;
      yield* this.spin_lock(vb.lock);
      if (vb.free < 2 ** order) {
        yield* this.spin_unlock(vb.lock);
        continue;
      }
      vaddr = this.takePages(vb, order);
      if (vb.free === 0) {
        this.trace('vb_alloc: block full');
        yield* this.spin_lock(vbq.lock);
        this.vbq_list_del(vb);
        yield* this.spin_unlock(vbq.lock);
      }
      yield* this.spin_unlock(vb.lock);
      break;
    }
    this.rcu_read_unlock();
    return vaddr === NULL ? yield* this.new_vmap_block(order) : vaddr;
  }

  /** Unmaps `size` pages of a block and widens the block's dirty range by them. */
  *vb_free(addr: number, size: number): Run<void> {
    this.BUG_ON(size > this.VMAP_MAX_ALLOC, 'vb_free: size > PAGE_SIZE*VMAP_MAX_ALLOC');
    const order = get_order(size);
    const vb = yield* this.xa_load(this.addr_to_vb_xa(addr), this.addr_to_vb_idx(addr));
    yield* this.vunmap_range_noflush(addr, addr + size);
    if (vb === null) throw new KernelOops('vb_free: no block at this address');
    yield* this.spin_lock(vb.lock);
    yield* this.addDirtyAndUnlock(vb, this.offsetInBlock(addr), order);
  }

  offsetInBlock(vpn: number): number {
    return vpn - alignDown(vpn, this.VMAP_BBMAP_BITS);
  }

  /** The end of vb_free, entered with the block's lock held. */
  *addDirtyAndUnlock(vb: VmapBlock, offset: number, order: number): Run<void> {
    vb.dirty_min = Math.min(vb.dirty_min, offset);
    vb.dirty_max = Math.max(vb.dirty_max, offset + 2 ** order);
    vb.dirty += 2 ** order;
    if (vb.dirty === this.VMAP_BBMAP_BITS) {
      this.trace('vb_free: block dirty');
      this.BUG_ON(vb.free !== 0, 'vb_free: vb->free');
      yield* this.spin_unlock(vb.lock);
      yield* this.free_vmap_block(vb);
    } else {
      yield* this.spin_unlock(vb.lock);
    }
  }
}
