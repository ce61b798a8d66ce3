import { MACHINE_LIMITS, type Machine } from '../../models/hardware/machine.ts';
import { firstCpus } from '../scenario/cpu-list.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';

/** 32 MiB in pages. */
const LAZY_PAGES_PER_BIT = 2 ** 13;

/** lazy_max_pages() of a kernel on so many online CPUs: 32 MiB for each bit of their number. */
export function lazyMaxPages(cpus: number): number {
  return (32 - Math.clz32(cpus)) * LAZY_PAGES_PER_BIT;
}

/** A real x86-64 machine with 4 GiB of RAM, all its sizes as the kernel has them. */
export function realMachine(cpus: number): Machine {
  return {
    ...DEFAULT_MACHINE,
    possibleCpus: firstCpus(cpus),
    onlineCpus: firstCpus(cpus),
    vmallocPages: 2 ** 33,
    modulesPages: 2 ** 18,
    ramPages: 2 ** 20,
    vmapMaxAlloc: 64,
    vmapBbmapBits: 1024,
    lazyMaxPages: lazyMaxPages(cpus),
    vmapNodes: Math.min(cpus, MACHINE_LIMITS.vmapNodes),
    zonePages: 16,
  };
}
