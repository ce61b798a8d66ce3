import { VMALLOC_START } from '../hardware/machine.ts';
import { alignDown } from './err.ts';
import { KernelOops } from './oops.ts';
import { PassedStep, type Run, type Step, StoppedStep } from './point.ts';
import { type ListHead, list_add_tail_rcu, list_del_rcu } from './structures/list.ts';
import {
  XArray,
  xa_erase,
  xa_find,
  xa_find_after,
  xa_insert,
  xa_load,
} from './structures/xarray.ts';
import { type VmapBlock, type VmapBlockIndex, VmapBlockQueue } from './vmap-block-node.ts';
import { VmapNodePurge } from './vmap-node-purge.ts';

const passedNode = new PassedStep<ListHead<VmapBlock> | null>(null);

/** Where blocks are found: the free lists of the CPUs, and the index by address. */
export abstract class VmapBlockQueues extends VmapNodePurge {
  /** One queue for each possible CPU, by CPU id. */
  readonly vmap_block_queue: VmapBlockQueue[] = [];
  readonly vmap_blocks: VmapBlockIndex = this.newBlockIndex();
  readonly VMAP_BBMAP_BITS = this.machine.vmapBbmapBits;
  readonly VMAP_MAX_ALLOC = this.machine.vmapMaxAlloc;
  readonly VMALLOC_END = VMALLOC_START + this.machine.vmallocPages;

  vmap_block_queue_init(): void {
    for (const cpu of this.machine.possibleCpus) {
      const vbq = new VmapBlockQueue(cpu, this.newLock('vbq->lock'));
      this.vmap_block_queue[cpu] = this.numbered(vbq);
    }
  }

  per_cpu_vbq(cpu: number): VmapBlockQueue {
    const vbq = this.vmap_block_queue[cpu];
    if (vbq === undefined) throw new KernelOops(`per_cpu(vmap_block_queue, ${cpu}): no such CPU`);
    return vbq;
  }

  /** The index a block's addresses share. */
  addr_to_vb_idx(vpn: number): number {
    const first = alignDown(VMALLOC_START, this.VMAP_BBMAP_BITS);
    return Math.floor((vpn - first) / this.VMAP_BBMAP_BITS);
  }

  newBlockIndex(): VmapBlockIndex {
    return this.numbered({ lock: this.newLock('xa_lock'), blocks: new XArray<VmapBlock>() });
  }

  /** The array that indexes the block an address lies in. */
  addr_to_vb_xa(_vpn: number): VmapBlockIndex {
    return this.vmap_blocks;
  }

  vmap_block_vaddr(va_start: number, pages_off: number): number {
    const vpn = va_start + pages_off;
    this.BUG_ON(
      this.addr_to_vb_idx(vpn) !== this.addr_to_vb_idx(va_start),
      'vmap_block_vaddr: beyond the block',
    );
    return vpn;
  }

  /** rcu_dereference(node->next) while a block list is walked; null at the head. */
  next_rcu(node: ListHead<VmapBlock>): Step<ListHead<VmapBlock> | null> {
    if (this.stopsHere()) {
      return new StoppedStep('rcu', node, 'list_for_each_entry_rcu', () => {
        this.#noteNext(node);
        return this.#nextOf(node);
      });
    }
    return passedNode.with(this.#nextOf(node));
  }

  /** A node on a list is that list's; the pointer of a removed one does not change any more. */
  #noteNext(node: ListHead<VmapBlock>): void {
    const queue = node.owner?.queue ?? this.vmap_block_queue.find((vbq) => vbq?.free === node);
    if (queue !== undefined) this.noteRead(queue);
    if (node.next.owner !== null) this.noteRead(node.next.owner.memory);
  }

  #nextOf(node: ListHead<VmapBlock>): ListHead<VmapBlock> | null {
    const next = node.next.owner;
    if (next === null) return null;
    this.walks.visited(this.current);
    if (next.lock.freed) throw new KernelOops('use after free: a vmap_block on a free list');
    return node.next;
  }

  /** list_del_rcu() of a block from a free list, under that list's lock. */
  vbq_list_del(vb: VmapBlock): void {
    const queue = vb.queue;
    if (queue !== null && queue.lock.owner !== this.current) {
      const text = `a block leaves cpu${queue.cpu}'s free list without that list's lock`;
      this.observer.complaint('list', text);
    }
    if (queue !== null) this.noteWrite(queue);
    list_del_rcu(vb.free_list);
    vb.queue = null;
  }

  vbq_list_add_tail(vb: VmapBlock, vbq: VmapBlockQueue): void {
    if (vbq.lock.owner !== this.current) {
      const text = `a block joins cpu${vbq.cpu}'s free list without that list's lock`;
      this.observer.complaint('list', text);
    }
    this.noteWrite(vbq);
    list_add_tail_rcu(vb.free_list, vbq.free);
    vb.queue = vbq;
  }

  /**
   * Puts a block into an index. A node that cannot be had is asked for once more, in a way that may
   * wait: GFP_NOWAIT under the lock, then __xas_nomem() in lib/xarray.c.
   */
  *xa_insert(xa: VmapBlockIndex, index: number, vb: VmapBlock): Run<number> {
    yield* this.spin_lock(xa.lock);
    this.noteWrite(xa);
    const err = xa_insert(xa.blocks, index, vb, () => this.mayAllocate() || this.mayAllocate());
    yield* this.spin_unlock(xa.lock);
    return err;
  }

  *xa_erase(xa: VmapBlockIndex, index: number): Run<VmapBlock | null> {
    yield* this.spin_lock(xa.lock);
    this.noteWrite(xa);
    const vb = xa_erase(xa.blocks, index);
    yield* this.spin_unlock(xa.lock);
    return vb;
  }

  /** The block at an index, or null. Lockless: readers are under RCU. */
  *xa_load(xa: VmapBlockIndex, index: number): Run<VmapBlock | null> {
    if (this.stopsHere()) yield { kind: 'rcu', object: xa, label: 'xa_load' };
    this.noteRead(xa);
    return xa_load(xa.blocks, index);
  }

  /** The block with the lowest index, or null: xa_for_each() begins. */
  *xa_first(xa: VmapBlockIndex): Run<VmapBlock | null> {
    if (this.stopsHere()) yield { kind: 'rcu', object: xa, label: 'xa_for_each' };
    this.noteRead(xa);
    return this.#visited(xa_find(xa.blocks, { index: 0 }));
  }

  /** The block after `vb`, or null: xa_for_each() goes on. */
  *xa_next(xa: VmapBlockIndex, vb: VmapBlock): Run<VmapBlock | null> {
    if (this.stopsHere()) yield { kind: 'rcu', object: xa, label: 'xa_for_each' };
    this.noteRead(xa);
    return this.#visited(xa_find_after(xa.blocks, { index: vb.index }));
  }

  #visited(vb: VmapBlock | null): VmapBlock | null {
    if (vb !== null) this.walks.visited(this.current);
    return vb;
  }

  /** Visits every block of every index without a scheduling point: for inspection. */
  forEachBlock(visit: (vb: VmapBlock) => void): void {
    for (const index of this.blockIndexes()) {
      const cursor = { index: 0 };
      let vb = xa_find(index.blocks, cursor);
      for (; vb !== null; vb = xa_find_after(index.blocks, cursor)) visit(vb);
    }
  }

  /** Every index there is. */
  blockIndexes(): readonly VmapBlockIndex[] {
    return [this.vmap_blocks];
  }
}
