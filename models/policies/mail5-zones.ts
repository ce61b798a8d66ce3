import type { KernelClass } from '../kernel/kernel.ts';
import { ULONG_MAX } from '../kernel/lazy-purge.ts';
import { withBusyZones } from './mail5-busy-zones.ts';
import { withZones } from './mail5-cpu-vmap-zone.ts';
import { withLazyZones } from './mail5-lazy-zones.ts';
import { type PrefetchingClass, withPrefetch } from './mail5-prefetch.ts';
import type { Patch } from './policy.ts';

/** The series up to patch 8/9: all of it is there, and cvz_size is ULONG_MAX still. */
function withDisabledZones(Base: KernelClass): PrefetchingClass {
  return withPrefetch(withLazyZones(withBusyZones(withZones(Base))));
}

/**
 * The whole series. "mm: vmalloc: Scale and activate cvz_size", patch 9/9, sets the size of a zone
 * to fls(CPUs) * 100 pages, at most 1024, where there is more than one CPU. Here it is zonePages of
 * the machine, so that a small machine has zones too.
 */
export function withCpuZones(Base: KernelClass): PrefetchingClass {
  return class extends withDisabledZones(Base) {
    override readonly cvz_size =
      this.machine.possibleCpus.length > 1 ? this.machine.zonePages : ULONG_MAX;
  };
}

/**
 * Busy and lazy areas are kept by the CPU their addresses belong to; a CPU prefetches what comes
 * next in the shared heap, whichever zones it lies in. Patches 1/9 to 3/9 move code, 6/9 is about
 * /proc/vmallocinfo, which is not modelled. The series was made for v6.3; it stands on v6.5 here,
 * so that what differs from v6.5 are the zones alone.
 */
export const zones: Patch = {
  name: 'mail5-zones',
  title: 'mm: vmalloc: per-CPU zones, prefetched sequentially',
  source: 'Uladzislau Rezki, 22 May 2023, 9 patches (mail 5)',
  apply: withCpuZones,
};

/** What the series does on 32-bit machines and on those of one CPU: prefetch nothing. */
export const disabled: Patch = {
  name: 'mail5-disabled',
  title: 'mm: vmalloc: per-CPU zones, cvz_size == ULONG_MAX',
  source: 'Uladzislau Rezki, 22 May 2023, patches 1/9 to 8/9 (mail 5)',
  apply: withDisabledZones,
};
