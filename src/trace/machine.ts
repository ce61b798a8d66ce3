import { DIRECT_MAP_VPN, type Machine } from '../../models/hardware/machine.ts';
import { firstCpus } from '../scenario/cpu-list.ts';
import type { TraceHeader } from './event.ts';

/** VMAP_MAX_ALLOC is BITS_PER_LONG. */
const BITS_PER_LONG = 64;

/** Frames of a machine whose trace does not say how many it has: 4 GiB. */
const RAM_PAGES = 2 ** 20;

/** The machine a trace was recorded on, as far as the trace tells. */
export function machineOf(header: TraceHeader): Machine {
  const [first, end] = header.modules;
  return {
    possibleCpus: firstCpus(header.cpus),
    onlineCpus: firstCpus(header.onlineCpus),
    vmallocPages: header.vmallocPages,
    modulesPages: end - first,
    ramPages: RAM_PAGES,
    vmapMaxAlloc: BITS_PER_LONG,
    vmapBbmapBits: header.blockPages,
    lazyMaxPages: header.lazyMaxPages,
    vmapNodes: header.nodes,
    zonePages: header.zonePages,
    directMapVpn: DIRECT_MAP_VPN,
    arch: 'x86_64',
  };
}
