import { MACHINE_LIMITS, type Machine } from '../../models/hardware/machine.ts';
import { firstCpus } from '../scenario/cpu-list.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import { vfree, vmalloc } from './calls.ts';
import { lazyMaxPages } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

/** Page numbers of ARM32. The report does not tell VMALLOC_START; it changes no distance. */
const VMALLOC_START = 0xf0800;
const VMALLOC_END = 0xff800;

/** The page of the direct map that the report's caller wants flushed. */
const DIRECT_MAP_PAGE = 0x95c8d;

/** The lazy list of the report, guard pages included: the gap before each area, and its pages. */
const LAZY_AREAS: readonly (readonly [gap: number, pages: number])[] = [
  [0xf08a1 - VMALLOC_START, 4],
  [0, 4],
  [0, 4],
  [0, 4],
  [2, 4],
  [0, 4],
  [0, 4],
  [342, 2],
];

const GUARD_PAGES = 1;

/**
 * The frame of the program, the last area, as the page allocator gives it: it comes after those of
 * all other areas, the fillers of the gaps included, and the first frame is number 1.
 */
const PROGRAM_PFN =
  1 +
  LAZY_AREAS.slice(0, -1).reduce((sum, [, pages]) => sum + pages - GUARD_PAGES, 0) +
  LAZY_AREAS.reduce((sum, [gap]) => sum + Math.max(gap - GUARD_PAGES, 0), 0);

/** ARM32 with its direct map where the report's page of it is the program's frame. */
function arm32(cpus: number): Machine {
  return {
    ...DEFAULT_MACHINE,
    possibleCpus: firstCpus(cpus),
    onlineCpus: firstCpus(cpus),
    vmallocPages: VMALLOC_END - VMALLOC_START,
    ramPages: 2 ** 18,
    vmapMaxAlloc: 32,
    vmapBbmapBits: 512,
    lazyMaxPages: lazyMaxPages(cpus),
    vmapNodes: Math.min(cpus, MACHINE_LIMITS.vmapNodes),
    directMapVpn: DIRECT_MAP_PAGE - VMALLOC_START - PROGRAM_PFN,
    arch: 'arm32',
  };
}

/**
 * Areas come to lie where the report has them because fillers take the gaps: every policy that
 * hands out the lowest fit puts them there. The last to be freed is the BPF program, one page and
 * its guard page, whose frame has to be flushed from the direct map as well.
 */
export const excessiveFlush: Workload = {
  name: 'excessive-flush',
  prose:
    'a BPF program is freed on ARM32 with eight lazy areas about: one flush, from the direct map ' +
    'to the last of them',
  source:
    'Thomas Gleixner, "Excessive TLB flush ranges", 15 May 2023: flush_tlb_kernel_range(' +
    '0x95c8d000, 0xf0a17000), 372106 pages of which 31 are useful, 4-8 ms',
  cpus: 2,
  machine: arm32,
  *operations({ names }: Setup): Operations {
    const areas: string[] = [];
    for (const [index, [gap, pages]] of LAZY_AREAS.entries()) {
      if (gap > 0) yield vmalloc(names.next(), gap - GUARD_PAGES);
      const area = names.next();
      areas.push(area);
      const resetPerms = index === LAZY_AREAS.length - 1;
      yield vmalloc(area, pages - GUARD_PAGES, { resetPerms });
    }
    for (const area of areas) yield vfree(area);
  },
};
