import type { Lock } from '../../models/kernel/locks.ts';
import { KernelOops } from '../../models/kernel/oops.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { find_vmap_area_exceed_addr } from '../../models/kernel/structures/vmap-area-tree.ts';
import { VMAP_FLAGS_MASK } from '../../models/kernel/vm-flags.ts';
import type { VmapNode } from '../../models/kernel/vmap-node.ts';
import type { Patch } from '../../models/policies/policy.ts';

/** A reader of areas takes for granted that what is no area of vm_map_ram has a vm_struct. */
export const vreadTrustsVm: Patch = {
  name: 'vread-trusts-vm',
  title: 'vread takes vm->flags of the first area without asking for a vm',
  source: '993d0b287e2e (v5.19), the same in usercopy',
  apply: (Base) =>
    class extends Base {
      override *vread(vpn: number, count: number): Run<number[]> {
        const { lock, root } = this.busyOf(vpn);
        yield* this.spin_lock(lock);
        const va = find_vmap_area_exceed_addr(vpn, root);
        const isMet = va !== null && va.va_start < vpn + count;
        if (isMet && va.vm === null && (va.flags & VMAP_FLAGS_MASK) === 0) {
          throw new KernelOops('vread: NULL pointer, va->vm');
        }
        yield* this.spin_unlock(lock);
        return yield* super.vread(vpn, count);
      }
    },
};

/** A free area is split in the middle without a look at whether the spare is still there. */
export const splitTrustsPreload: Patch = {
  name: 'split-trusts-preload',
  title: 'adjust_va_to_fit_type takes the spare vmap_area of this CPU for granted',
  source: '81f1ba586e39 (v5.5): "it is no longer guaranteed that a CPU is preloaded"',
  apply: (Base) =>
    class extends Base {
      override adjust_va_to_fit_type(
        va: VmapArea,
        start: number,
        size: number,
        root = this.free_vmap_area_root,
        head = this.free_vmap_area_list,
      ): number {
        const splits = va.va_start < start && start + size < va.va_end;
        if (splits && !this.ne_fit_preload_node[this.current.cpu]) {
          throw new KernelOops('adjust_va_to_fit_type: NULL pointer, lva');
        }
        return super.adjust_va_to_fit_type(va, start, size, root, head);
      }
    },
};

/** vread frees what it is asked to read: how a task frees what is another's to free. */
export const vreadFrees: Patch = {
  name: 'vread-frees',
  title: 'vread(A) is a second vfree(A), which a caller may not make',
  source: 'mail 4: two tasks that free one area',
  apply: (Base) =>
    class extends Base {
      override *vread(vpn: number, _count: number): Run<number[]> {
        yield* this.vfree(vpn);
        return [];
      }
    },
};

/** The search keeps the lock of the node with the lowest area so far while it looks at others. */
export const twoNodeLocks: Patch = {
  name: 'two-node-locks',
  title: 'mm: vmalloc: support multiple nodes in vread_iter, before its locking was mended',
  source: '53becf32aec1 (v6.9-rc1) without fc2c22693c60 (v6.9-rc3)',
  apply: (Base) =>
    class extends Base {
      override *find_vmap_area_exceed_addr_lock(vpn: number): Run<VmapArea | null> {
        let lowest: VmapArea | null = null;
        let held: Lock | null = null;
        for (const { busy } of this.vmap_nodes) {
          yield* this.spin_lock(busy.lock);
          const va = find_vmap_area_exceed_addr(vpn, busy.root);
          if (va === null || (lowest !== null && va.va_start >= lowest.va_start)) {
            yield* this.spin_unlock(busy.lock);
            continue;
          }
          if (held !== null) yield* this.spin_unlock(held);
          lowest = va;
          held = busy.lock;
        }
        return lowest;
      }
    },
};

/** A work item that frees a node's areas allocates, and so enters memory reclaim. */
export const helperReclaims: Patch = {
  name: 'helper-reclaims',
  title: 'purge_vmap_node, as a work item, allocates under memory pressure',
  source: '6c06fec56a63 (2026): direct reclaim below __purge_vmap_area_lazy(), in its worker',
  apply: (Base) =>
    class extends Base {
      override *purge_vmap_node(vn: VmapNode): Run<void> {
        if (vn.purge_work !== null) yield* this.vmap_node_shrink_scan();
        yield* super.purge_vmap_node(vn);
      }
    },
};

/** The shrinker gives up if a purge is under way. */
export const shrinkerTrylock: Patch = {
  name: 'shrinker-trylock',
  title: 'mm: vmalloc: fix vmap_purge_lock livelock under memory pressure',
  source: '6c06fec56a63 (2026)',
  apply: (Base) =>
    class extends Base {
      override *vmap_node_shrink_scan(): Run<void> {
        if (!(yield* this.mutex_trylock(this.vmap_purge_lock))) return;
        for (const vn of this.vmap_nodes) yield* this.decay_va_pool_node(vn, true);
        yield* this.mutex_unlock(this.vmap_purge_lock);
      }
    },
};
