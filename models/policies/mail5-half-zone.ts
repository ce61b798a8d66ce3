import { withCpuZones } from './mail5-zones.ts';
import type { Patch } from './policy.ts';

/**
 * The zone is passed by where the comment in the patch says, from half a zone on, and not where its
 * condition says, above a third. `extra` counts in both.
 */
export const halfZone: Patch = {
  name: 'mail5-half-zone',
  title: 'mm: vmalloc: per-CPU zones, shared heap for half a zone and more',
  source: 'the comment in this_cpu_zone_alloc(), Uladzislau Rezki, 22 May 2023 (mail 5)',
  apply: (Base) =>
    class extends withCpuZones(Base) {
      override isTooLarge(size: number, extra: number): boolean {
        return size + extra >= this.cvz_size / 2;
      }
    },
};
