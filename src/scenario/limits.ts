import { HIGHEST_VPN } from '../../models/hardware/machine.ts';

/** The most a text or a scenario may hold; beyond, the parser refuses it with one line. */
export const SCENARIO_LIMITS = {
  /** One text, mail prose included. */
  textBytes: 2 ** 20,
  /** Cases of one text. */
  cases: 1_000,
  /** Operations of all tasks of a case together. */
  operations: 10_000,
  tasks: 1_000,
  /** Turns of a schedule. */
  turns: 10_000,
  nameChars: 32,
  propertyChars: 64,
  /** Areas of one pcpu_get_vm_areas call. */
  pcpuAreas: 64,
  /** Pages of a request for address space: twice the largest vmalloc space, so that it can fail. */
  spacePages: 2 ** 34,
  /** Pages of a call that goes page by page over what the caller hands in, or reads. */
  mappedPages: 2 ** 20,
  /** Largest distance of a page from VMALLOC_START, and of an offset from its area. */
  vpn: HIGHEST_VPN,
  /** The n of `fail_alloc`. */
  nthAllocation: 2 ** 20,
} as const;
