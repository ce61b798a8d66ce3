import { z } from 'zod';
import {
  ARCH_NAMES,
  DIRECT_MAP_VPN,
  LOWEST_VPN,
  MACHINE_LIMITS,
  type Machine,
  VMALLOC_START,
} from '../../models/hardware/machine.ts';
import { firstCpus } from './cpu-list.ts';
import { SCENARIO_LIMITS } from './limits.ts';

/** The machine of a scenario that says nothing: small, because small scopes are what finds bugs. */
export const DEFAULT_MACHINE: Machine = {
  possibleCpus: firstCpus(2),
  onlineCpus: firstCpus(2),
  vmallocPages: 64,
  modulesPages: 0,
  ramPages: 64,
  vmapMaxAlloc: 2,
  vmapBbmapBits: 4,
  lazyMaxPages: 32,
  vmapNodes: 1,
  zonePages: 16,
  directMapVpn: DIRECT_MAP_VPN,
  arch: 'x86_64',
};

/** What a machine line calls each field of a machine, in the order it prints them. */
export const MACHINE_KEYS = {
  cpus: 'possibleCpus',
  online: 'onlineCpus',
  vmalloc: 'vmallocPages',
  modules: 'modulesPages',
  ram: 'ramPages',
  block: 'vmapBbmapBits',
  'max-alloc': 'vmapMaxAlloc',
  'lazy-max': 'lazyMaxPages',
  nodes: 'vmapNodes',
  zone: 'zonePages',
  'direct-map': 'directMapVpn',
  arch: 'arch',
} as const satisfies Record<string, keyof Machine>;

export type MachineKey = keyof typeof MACHINE_KEYS;

const machineSchema = z
  .object({
    possibleCpus: cpus('cpus'),
    onlineCpus: cpus('online'),
    vmallocPages: pages('vmalloc', 1, MACHINE_LIMITS.vmallocPages),
    modulesPages: pages('modules', 0, MACHINE_LIMITS.modulesPages),
    ramPages: pages('ram', 1, MACHINE_LIMITS.ramPages),
    vmapMaxAlloc: pages('max-alloc', 1, MACHINE_LIMITS.vmapBbmapBits / 2),
    vmapBbmapBits: pages('block', 2, MACHINE_LIMITS.vmapBbmapBits),
    lazyMaxPages: pages('lazy-max', 0, SCENARIO_LIMITS.spacePages),
    vmapNodes: whole('nodes', 1, MACHINE_LIMITS.vmapNodes, 'nodes'),
    zonePages: pages('zone', 1, MACHINE_LIMITS.zonePages),
    directMapVpn: whole('direct-map', LOWEST_VPN, VMALLOC_START - 1, 'as a page'),
    arch: z.enum(ARCH_NAMES, { error: `arch: must be one of ${ARCH_NAMES.join(', ')}` }),
  })
  .superRefine((machine, context) => {
    const { vmapBbmapBits: block, vmapMaxAlloc: maxAlloc } = machine;
    const smallest = 2 * roundupPowOfTwo(maxAlloc);
    if (block !== roundupPowOfTwo(block) || block < smallest) {
      const bound = `at least ${smallest} as max-alloc is ${maxAlloc}`;
      context.addIssue({
        code: 'custom',
        path: ['vmapBbmapBits'],
        message: `block: ${block} must be a power of two, ${bound}`,
      });
    }
    if (machine.possibleCpus[0] !== 0) {
      context.addIssue({
        code: 'custom',
        path: ['possibleCpus'],
        message: 'cpus: cpu0, which boots the machine, must be among them',
      });
    }
    if (machine.directMapVpn + machine.ramPages >= VMALLOC_START) {
      context.addIssue({
        code: 'custom',
        path: ['directMapVpn'],
        message: `direct-map: ${machine.directMapVpn} leaves no place for ram below page 0`,
      });
    }
    const possible = new Set(machine.possibleCpus);
    const stray = machine.onlineCpus.find((cpu) => !possible.has(cpu));
    if (stray !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['onlineCpus'],
        message: `online: cpu${stray} is not one of the possible CPUs`,
      });
    }
  });

/** What is wrong with a machine, and which field to blame; null if it can be booted. */
export function machineProblem(
  machine: Machine,
): { readonly field: PropertyKey | undefined; readonly problem: string } | null {
  const issue = machineSchema.safeParse(machine).error?.issues[0];
  return issue === undefined ? null : { field: issue.path[0], problem: issue.message };
}

function pages(key: MachineKey, min: number, max: number) {
  return whole(key, min, max, 'pages');
}

function whole(key: MachineKey, min: number, max: number, unit: string) {
  const error = `${key}: must be a whole number of ${min}..${max} ${unit}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function cpus(key: MachineKey) {
  const error = `${key}: must be CPUs of 0..${MACHINE_LIMITS.cpus - 1}, at least one, ascending`;
  const cpu = z
    .int({ error })
    .min(0, { error })
    .max(MACHINE_LIMITS.cpus - 1, { error });
  return z
    .array(cpu, { error })
    .min(1, { error })
    .refine((all) => all.every((one, index) => one > (all[index - 1] ?? -1)), { error });
}

/** The smallest power of two that is at least n, for n of 1 .. 1024. */
function roundupPowOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}
