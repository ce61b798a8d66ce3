import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import {
  __find_vmap_area,
  find_vmap_area_exceed_addr,
  insert_vmap_area,
  unlink_va,
} from '../kernel/structures/vmap-area-tree.ts';
import { VM_ALLOC } from '../kernel/vm-flags.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { RbList } from '../kernel/vmap-area.ts';
import { forEachInOrder } from '../kernel/vmap-node.ts';
import type { Patch } from './policy.ts';

/** Busy areas are kept by the node their first page belongs to; there is one node so far. */
export const busyNodes: Patch = {
  name: 'v6.9-busy-nodes',
  title: 'mm: vmalloc: remove global vmap_area_root rb-tree',
  source: 'Uladzislau Rezki, v3 04/11, 2 January 2024; v6.12 source',
  apply: (Base) =>
    class extends Base {
      override vmalloc_init(): void {
        this.vmap_init_nodes();
        super.vmalloc_init();
      }

      override busyOf(vpn: number): RbList {
        return this.addr_to_node(vpn).busy;
      }

      /** An area may reach into zones of other nodes than its own, so all of them are asked. */
      override *find_vmap_area(vpn: number): Run<VmapArea | null> {
        const first = this.addr_to_node_id(vpn);
        for (let i = first; i < first + this.nr_vmap_nodes; i++) {
          const { busy } = this.id_to_node(i);
          yield* this.spin_lock(busy.lock);
          const va = __find_vmap_area(vpn, busy.root);
          yield* this.spin_unlock(busy.lock);
          if (va !== null) return va;
        }
        return null;
      }

      override *find_unlink_vmap_area(vpn: number): Run<VmapArea | null> {
        const first = this.addr_to_node_id(vpn);
        for (let i = first; i < first + this.nr_vmap_nodes; i++) {
          const { busy } = this.id_to_node(i);
          yield* this.spin_lock(busy.lock);
          const va = __find_vmap_area(vpn, busy.root);
          if (va !== null) unlink_va(va, busy.root, this.vmap_area_cachep);
          yield* this.spin_unlock(busy.lock);
          if (va !== null) return va;
        }
        return null;
      }

      override *insertPcpuAreas(
        vas: readonly (VmapArea | null)[],
        vms: readonly VmStruct[],
      ): Run<void> {
        for (const [area, vm] of vms.entries()) {
          const va = vas[area];
          if (!va) continue;
          const busy = this.busyOf(va.va_start);
          yield* this.spin_lock(busy.lock);
          insert_vmap_area(va, busy.root, busy.head, this.vmap_area_cachep);
          this.setup_vmalloc_vm_locked(vm, va, VM_ALLOC);
          yield* this.spin_unlock(busy.lock);
        }
      }

      // vread knows of one node only.

      override *lockAreaBehind(vpn: number): Run<VmapArea | null> {
        const { busy } = this.id_to_node(0);
        yield* this.spin_lock(busy.lock);
        return find_vmap_area_exceed_addr(vpn, busy.root);
      }

      override *unlockArea(_va: VmapArea | null): Run<void> {
        yield* this.spin_unlock(this.id_to_node(0).busy.lock);
      }

      override forEachBusy(visit: (va: VmapArea) => void): void {
        forEachInOrder(
          this.vmap_nodes.map(({ busy }) => busy.head),
          visit,
        );
      }
    },
};
