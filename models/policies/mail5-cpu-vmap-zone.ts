import type { Hardware } from '../hardware/hardware.ts';
import type { Machine } from '../hardware/machine.ts';
import type { KernelObserver } from '../hardware/observer.ts';
import type { Kernel, KernelClass } from '../kernel/kernel.ts';
import type { AtomicLong } from '../kernel/kernel-base.ts';
import { ULONG_MAX } from '../kernel/lazy-purge.ts';
import { KernelOops } from '../kernel/oops.ts';
import { ListHead } from '../kernel/structures/list.ts';
import { RbRoot } from '../kernel/structures/rbtree.ts';
import type { VmapArea } from '../kernel/structures/vmap-area-node.ts';
import { forEachArea, type RbList } from '../kernel/vmap-area.ts';

/** struct cpu_vmap_zone: one CPU's share of the bookkeeping. */
export interface CpuVmapZone {
  readonly cpu: number;
  /**
   * FREE is what this CPU prefetched, wherever it lies. BUSY and LAZY are the areas whose addresses
   * belong to this CPU, whoever allocated them.
   */
  readonly fbl: { readonly FREE: RbList; readonly BUSY: RbList; readonly LAZY: RbList };
  /** Lazy areas that are about to be freed; under vmap_purge_lock. */
  readonly purge_list: ListHead<VmapArea>;
  readonly fill_in_progress: AtomicLong;
}

/** What patch 4/9 adds to the kernel. */
export interface Zoned {
  /** By CPU id. */
  readonly cpu_vmap_zone: readonly CpuVmapZone[];
  /** Pages of a zone; ULONG_MAX: all of the space is CPU 0's, and nothing is prefetched. */
  readonly cvz_size: number;
  per_cpu_zone(cpu: number): CpuVmapZone;
  addr_to_cpu(vpn: number): number;
  addr_to_cvz(vpn: number): CpuVmapZone;
}

export type ZonedClass = new (
  machine: Machine,
  hardware: Hardware,
  observer: KernelObserver,
) => Kernel & Zoned;

/**
 * "mm: vmalloc: Add a per-CPU-zone infrastructure", patch 4/9 of Uladzislau Rezki, 22 May 2023. A
 * page belongs to a CPU by its address:
 *
 *     0     1     2     0     1     2      with three possible CPUs
 *   |-----|-----|-----|-----|-----|-----|
 *   0    cvz_size
 *
 * As in the per-CPU xarrays of v6.4 the number that comes out is taken for the id of a CPU, which
 * it need not be if the mask of possible CPUs has holes.
 */
export function withZones(Base: KernelClass): ZonedClass {
  return class extends Base implements Zoned {
    readonly cpu_vmap_zone: readonly CpuVmapZone[] = this.vmap_init_pcpu_zones();
    readonly cvz_size: number = ULONG_MAX;

    vmap_init_pcpu_zones(): readonly CpuVmapZone[] {
      const zones: CpuVmapZone[] = [];
      for (const cpu of this.machine.possibleCpus) {
        zones[cpu] = {
          cpu,
          fbl: {
            FREE: this.newRbList('FREE'),
            // CPU 0 takes over what was there for all. vread() needs no change then: the series
            // lets it look into CPU 0's zone alone.
            BUSY: cpu === 0 ? super.busyOf(0) : this.newRbList('BUSY'),
            LAZY: this.newRbList('LAZY'),
          },
          purge_list: new ListHead<VmapArea>(null),
          fill_in_progress: this.numbered({ value: 0, label: `fill_in_progress of cpu${cpu}` }),
        };
      }
      return zones;
    }

    newRbList(name: 'FREE' | 'BUSY' | 'LAZY'): RbList {
      return {
        root: new RbRoot<VmapArea>(),
        head: new ListHead<VmapArea>(null),
        lock: this.newLock(`fbl(z, ${name}, lock)`),
      };
    }

    per_cpu_zone(cpu: number): CpuVmapZone {
      const zone = this.cpu_vmap_zone[cpu];
      if (zone === undefined) throw new KernelOops(`per_cpu(cpu_vmap_zone, ${cpu}): no such CPU`);
      return zone;
    }

    /** Addresses are unsigned in C; here those below VMALLOC_START are negative. */
    addr_to_cpu(vpn: number): number {
      const cpus = this.machine.possibleCpus.length;
      const remainder = Math.floor(vpn / this.cvz_size) % cpus;
      return remainder < 0 ? remainder + cpus : remainder;
    }

    addr_to_cvz(vpn: number): CpuVmapZone {
      return this.per_cpu_zone(this.addr_to_cpu(vpn));
    }
  };
}

/** Visits the areas of several lists in ascending order, for inspection. */
export function forEachInOrder(lists: readonly RbList[], visit: (va: VmapArea) => void): void {
  const areas: VmapArea[] = [];
  for (const { head } of lists) {
    forEachArea(head, (va) => {
      areas.push(va);
    });
  }
  for (const va of areas.sort((a, b) => a.va_start - b.va_start)) visit(va);
}
