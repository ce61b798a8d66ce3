import {
  CALLER_PFN,
  DIRECT_MAP_VPN,
  MACHINE_LIMITS,
  MODULES_VPN,
} from '../../models/hardware/machine.ts';

const DIRECT_MAP_END = DIRECT_MAP_VPN + MACHINE_LIMITS.ramPages;

/** A virtual page: `4`, `modules+4`, or `direct+4` in the direct map. */
export function pageText(vpn: number): string {
  if (vpn >= MODULES_VPN) return `modules+${vpn - MODULES_VPN}`;
  if (vpn >= DIRECT_MAP_VPN && vpn <= DIRECT_MAP_END) return `direct+${vpn - DIRECT_MAP_VPN}`;
  return `${vpn}`;
}

/** The virtual pages from `start` up to, and not including, `end`: `0-4`. */
export function rangeText(start: number, end: number): string {
  const [from, to] = [pageText(start), pageText(end)];
  return /^\d+$/.test(from) && /^\d+$/.test(to) ? `${from}-${to}` : `${from} - ${to}`;
}

/** A page frame: `frame 4`, or `caller's frame 4` for those that callers hand in. */
export function frameText(pfn: number): string {
  return pfn >= CALLER_PFN ? `caller's frame ${pfn - CALLER_PFN}` : `frame ${pfn}`;
}
