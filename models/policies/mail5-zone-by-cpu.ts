import { find_vmap_lowest_match } from '../kernel/structures/vmap-area-tree.ts';
import type { CpuVmapZone } from './mail5-cpu-vmap-zone.ts';
import { withCpuZones } from './mail5-zones.ts';
import type { Patch } from './policy.ts';

/**
 * A CPU prefetches nothing but whole zones that are its own by address, which is what Baoquan He
 * took the series to do and Uladzislau Rezki decided against:
 *
 *     0     1     2     3     0     1     2     3
 *   |-----|-----|-----|xxxxx|-----|-----|-----|xxxxx|     all that CPU 3 ever prefetches
 *
 * Nobody wrote this down as code. Inferred: the zones are tried from the lowest one up, and an
 * allocation goes to the shared heap, as in the series, if none of them is free as a whole.
 */
export const zoneByCpu: Patch = {
  name: 'mail5-zone-by-cpu',
  title: 'mm: vmalloc: per-CPU zones, a CPU prefetches from its own zones only',
  source: 'Baoquan He, 5 June 2023; Uladzislau Rezki, 6 June 2023 (mail 5)',
  apply: (Base) =>
    class extends withCpuZones(Base) {
      override takeChunk(z: CpuVmapZone): number {
        const { cvz_size, VMALLOC_END } = this;
        const cpus = this.machine.possibleCpus.length;
        // With holes in the mask the zones of some CPUs are no zones at all.
        if (z.cpu >= cpus) return VMALLOC_END;
        const ownZoneFrom = (vpn: number): number =>
          (Math.ceil((vpn / cvz_size - z.cpu) / cpus) * cpus + z.cpu) * cvz_size;
        for (let start = z.cpu * cvz_size; start + cvz_size <= VMALLOC_END; ) {
          // No zone that begins before this area is free as a whole.
          const va = find_vmap_lowest_match(this.free_vmap_area_root, cvz_size, 1, start, false);
          if (va === null) return VMALLOC_END;
          start = ownZoneFrom(Math.max(start, va.va_start));
          const end = start + cvz_size;
          if (end > VMALLOC_END || end > va.va_end) continue;
          const addr = this.__alloc_vmap_area(cvz_size, 1, start, end);
          return addr === end ? VMALLOC_END : addr;
        }
        return VMALLOC_END;
      }
    },
};
