import type { Machine } from '../../models/hardware/machine.ts';
import { printCpuList } from '../scenario/cpu-list.ts';
import { counted } from './words.ts';

/** A machine in the words of the kernel: `2 CPUs (0-1), x86_64, 64 pages of vmalloc space`. */
export function machineWords(machine: Machine): string {
  const { possibleCpus, onlineCpus } = machine;
  const online =
    onlineCpus.length === possibleCpus.length ? '' : `, online ${printCpuList(onlineCpus)}`;
  const modules = machine.modulesPages > 0 ? `, ${machine.modulesPages} for modules` : '';
  return [
    `${counted(possibleCpus.length, 'CPU')} (${printCpuList(possibleCpus)}${online})`,
    machine.arch,
    `${counted(machine.vmallocPages, 'page')} of vmalloc space${modules}`,
    `${machine.ramPages} of RAM`,
    `VMAP_BBMAP_BITS ${machine.vmapBbmapBits}`,
    `VMAP_MAX_ALLOC ${machine.vmapMaxAlloc}`,
    `lazy_max_pages ${machine.lazyMaxPages}`,
    ...(machine.vmapNodes > 1
      ? [`nr_vmap_nodes ${machine.vmapNodes}, vmap_zone_size ${machine.zonePages} pages`]
      : []),
  ].join(', ');
}
