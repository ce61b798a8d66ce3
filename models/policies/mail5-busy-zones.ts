import type { Run } from '../kernel/point.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import {
  __find_vmap_area,
  insert_vmap_area,
  unlink_va,
} from '../kernel/structures/vmap-area-tree.ts';
import { VM_ALLOC } from '../kernel/vm-flags.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { RbList } from '../kernel/vmap-area.ts';
import { forEachInOrder, type ZonedClass } from './mail5-cpu-vmap-zone.ts';

/**
 * "mm: vmalloc: Insert busy-VA per-cpu zone", patch 5/9 of Uladzislau Rezki, 22 May 2023. A busy
 * area is kept by the CPU its first page belongs to. A lookup goes to the CPU of the address it is
 * given, so it misses an area that reaches into the zone of another CPU if the address lies there.
 * vread() goes to CPU 0, and sees nothing of the others: "does not support vread() functionality
 * yet", says the letter that comes with the series.
 */
export function withBusyZones(Base: ZonedClass): ZonedClass {
  return class extends Base {
    override busyOf(vpn: number): RbList {
      return this.addr_to_cvz(vpn).fbl.BUSY;
    }

    override *find_vmap_area(vpn: number): Run<VmapArea | null> {
      const { root, lock } = this.addr_to_cvz(vpn).fbl.BUSY;
      yield* this.spin_lock(lock);
      const va = __find_vmap_area(vpn, root);
      yield* this.spin_unlock(lock);
      return va;
    }

    override *find_unlink_vmap_area(vpn: number): Run<VmapArea | null> {
      const { root, lock } = this.addr_to_cvz(vpn).fbl.BUSY;
      yield* this.spin_lock(lock);
      const va = __find_vmap_area(vpn, root);
      if (va !== null) unlink_va(va, root, this.vmap_area_cachep);
      yield* this.spin_unlock(lock);
      return va;
    }

    override *insertPcpuAreas(
      vas: readonly (VmapArea | null)[],
      vms: readonly VmStruct[],
    ): Run<void> {
      for (let area = 0; area < vms.length; area++) {
        const va = vas[area];
        const vm = vms[area];
        if (!va || vm === undefined) continue;
        const { root, head, lock } = this.addr_to_cvz(va.va_start).fbl.BUSY;
        yield* this.spin_lock(lock);
        insert_vmap_area(va, root, head, this.vmap_area_cachep);
        this.setup_vmalloc_vm_locked(vm, va, VM_ALLOC);
        yield* this.spin_unlock(lock);
      }
    }

    override forEachBusy(visit: (va: VmapArea) => void): void {
      const zones = this.machine.possibleCpus.map((cpu) => this.per_cpu_zone(cpu).fbl.BUSY);
      forEachInOrder(zones, visit);
    }
  };
}
