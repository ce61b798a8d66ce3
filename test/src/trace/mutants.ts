import type { Kernel, KernelClass } from '../../../models/kernel/kernel.ts';
import type { AtomicLong } from '../../../models/kernel/kernel-base.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import type { Run, Step } from '../../../models/kernel/point.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import {
  insert_vmap_area_augment,
  unlink_va_augment,
} from '../../../models/kernel/structures/vmap-area-tree.ts';
import type { VmapNode } from '../../../models/kernel/vmap-node.ts';
import type { Kind } from '../../../src/trace/replay/tally.ts';

/** A kernel with one thing wrong that a replay must notice. */
export interface TraceMutant {
  readonly name: string;
  /** What is not the same first. */
  readonly kind: Kind;
  readonly needsNodes?: boolean;
  readonly apply: (Base: KernelClass) => KernelClass;
}

export const traceMutants: readonly TraceMutant[] = [
  {
    name: 'the tree of free areas is balanced anew, in order of address',
    kind: 'addresses from the heap',
    apply: (Base) =>
      class extends Base {
        override __alloc_vmap_area(
          size: number,
          align: number,
          vstart: number,
          vend: number,
        ): number {
          if (align > 1) rebalance(this);
          return super.__alloc_vmap_area(size, align, vstart, vend);
        }
      },
  },
  {
    name: 'aligned areas are searched for by their own size',
    kind: 'addresses from the heap',
    apply: (Base) =>
      class extends Base {
        override adjustSearchSize(): boolean {
          return false;
        }
      },
  },
  {
    name: 'a flush leaves out what its caller asked for',
    kind: 'flush ranges',
    apply: (Base) =>
      class extends Base {
        override __purge_vmap_area_lazy(_: number, __: number, full = false): Run<boolean> {
          return super.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO, full);
        }
      },
  },
  {
    name: 'a page of every purged area stays counted',
    kind: 'lazy counts',
    apply: (Base) =>
      class extends Base {
        override atomic_long_sub(amount: number, counter: AtomicLong): Step<number> {
          return super.atomic_long_sub(amount - 1, counter);
        }
      },
  },
  {
    name: 'pools decay to nothing',
    kind: 'merges in the heap',
    needsNodes: true,
    apply: (Base) =>
      class extends Base {
        override decay_va_pool_node(vn: VmapNode, _full_decay: boolean): Run<void> {
          return super.decay_va_pool_node(vn, true);
        }
      },
  },
];

function rebalance({ free_vmap_area_root, free_vmap_area_list, vmap_area_cachep }: Kernel): void {
  const areas: VmapArea[] = [];
  for (let node = free_vmap_area_list.next; node.owner !== null; node = node.next) {
    areas.push(node.owner);
  }
  for (const va of areas) unlink_va_augment(va, free_vmap_area_root, vmap_area_cachep);
  for (const va of areas) {
    insert_vmap_area_augment(va, null, free_vmap_area_root, free_vmap_area_list, vmap_area_cachep);
  }
}
