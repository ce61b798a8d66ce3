import type { Run } from '../kernel/point.ts';
import type { CpuVmapZone } from './mail5-cpu-vmap-zone.ts';
import { withCpuZones } from './mail5-zones.ts';
import type { Patch } from './policy.ts';

/**
 * fill_in_progress is to let one task at a time prefetch for a zone. "It still can race", says the
 * patch. On mail5-zones, both tasks on cpu0, whose zone is empty, with the points where they stop:
 *
 *     one                                        other
 *     read    RB_EMPTY_ROOT
 *                                                read    RB_EMPTY_ROOT
 *     atomic  fill_in_progress of cpu0: 0 -> 1
 *     lock    free_vmap_area_lock, takes 0-16
 *     lock    fbl(z, FREE, lock), takes 0-2
 *     atomic  fill_in_progress of cpu0: 1 -> 0
 *                                                atomic  fill_in_progress of cpu0: 0 -> 1
 *                                                lock    free_vmap_area_lock, takes 16-32
 *                                                lock    fbl(z, FREE, lock), takes 2-4 of 2-32
 *
 * Had `other` come before the flag was cleared it would have gone to the shared heap; had it come
 * after `one` had filled the zone it would have found room there. So a second chunk is prefetched
 * that nobody needed. It is harmless: it lies in the same FREE tree as the first, is used next and
 * goes back to the heap in the same purge. A chunk more per task that was stopped there is all.
 *
 * Here the flag is not looked at, so that two tasks in this_cpu_zone_alloc_fill() always give what
 * the race gives at worst. One task after the other, as in a sequential scenario, it makes no
 * difference.
 */
export const fillRace: Patch = {
  name: 'mail5-fill-race',
  title: 'mm: vmalloc: per-CPU zones, fill_in_progress not looked at',
  source: 'the comment in this_cpu_zone_alloc_fill(), Uladzislau Rezki, 22 May 2023 (mail 5)',
  apply: (Base) =>
    class extends withCpuZones(Base) {
      override *this_cpu_zone_alloc_fill(z: CpuVmapZone, size: number, align: number): Run<number> {
        return yield* this.fill(z, size, align);
      }
    },
};
