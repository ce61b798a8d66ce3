import fc from 'fast-check';
import {
  ARCH_NAMES,
  DIRECT_MAP_VPN,
  MACHINE_LIMITS,
  type Machine,
} from '../../models/hardware/machine.ts';
import { DRAFT_KINDS, type Draft, type DraftKind } from './draft.ts';

const WEIGHTS = {
  vm_map_ram: 22,
  vm_unmap_ram: 18,
  vm_unmap_aliases: 10,
  vmalloc: 9,
  vfree: 6,
  vfree_atomic: 2,
  vmap: 5,
  vunmap: 5,
  get_vm_area: 3,
  free_vm_area: 2,
  ioremap: 2,
  pcpu_get_vm_areas: 2,
  pcpu_free_vm_areas: 2,
  run_work: 4,
  shrink: 1,
  migrate: 5,
  fail_alloc: 2,
  set_memory_ro: 2,
  vread: 4,
  touch: 1,
  vmalloc_to_page: 1,
  find_vm_area: 1,
  register_vmap_purge_notifier: 2,
  'unmap unknown': 0.15,
  'unmap again': 0.15,
  'unmap wrong size': 0.15,
  'map nothing': 0.3,
  'free again': 0.5,
  'free unknown': 0.5,
} as const satisfies Record<DraftKind, number>;

/** How often each kind of operation is drawn, relative to the others. */
const DRAFT_WEIGHTS: readonly (readonly [DraftKind, number])[] = DRAFT_KINDS.map((kind) => [
  kind,
  WEIGHTS[kind],
]);

/** Each kind as often as its weight says; a number below the length draws one. */
export const KIND_URN: readonly DraftKind[] = DRAFT_WEIGHTS.flatMap(([kind, weight]) =>
  Array.from({ length: Math.round(weight * 20) }, () => kind),
);

/** The draft that two numbers stand for: an index into the urn, and 32 bits for the operands. */
export function draftOf(index: number, bits: number): Draft {
  return {
    kind: KIND_URN[index] ?? 'vm_unmap_aliases',
    pick: bits & 0xfff,
    size: (bits >>> 12) & 0x3ff,
    extra: bits >>> 22,
  };
}

/** Drafts of operations, the frequent kinds more often. Two draws each, since many are drawn. */
export function draftArbitrary(): fc.Arbitrary<Draft> {
  return fc
    .tuple(fc.nat(KIND_URN.length - 1), fc.integer({ min: 0, max: 0xffffffff }))
    .map(([index, bits]) => draftOf(index, bits));
}

/** Possible CPUs: mostly 0..n-1, sometimes with a hole. */
const cpuMasks: readonly (readonly number[])[] = [[0, 1], [0], [0, 1, 2], [0, 2]];

/**
 * Machines so small that blocks fill up, the lazy limit is passed and the space runs out within a
 * few operations. One in 16 has the largest space there is, for what counts pages in too few bits.
 * `fixed` overrides fields; sizes that depend on them follow.
 */
export function machineArbitrary(fixed: Partial<Machine>): fc.Arbitrary<Machine> {
  return fc
    .record({
      cpus: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3).map((i) => cpuMasks[i] ?? [0]),
      online: fc.nat(7),
      block: fc.constantFrom(4, 2, 4, 8),
      blocks: fc.integer({ min: 3, max: 12 }),
      space: fc.nat(15),
      modulesPages: fc.constantFrom(0, 8, 16),
      ramPages: fc.constantFrom(64, 32, 16),
      lazyMaxPages: fc.constantFrom(32, 16, 8, 4, 2),
      vmapNodes: fc.constantFrom(1, 2, 2, 3),
      zonePages: fc.constantFrom(16, 8, 4),
      arch: fc.constantFrom(...ARCH_NAMES),
    })
    .map(({ cpus, online, block, blocks, space, ...rest }): Machine => {
      const possibleCpus = fixed.possibleCpus ?? cpus;
      const bits = fixed.vmapBbmapBits ?? block;
      return {
        possibleCpus,
        // Now and then the last possible CPU is offline.
        onlineCpus:
          online === 7 && possibleCpus.length > 1 ? possibleCpus.slice(0, -1) : possibleCpus,
        vmapBbmapBits: bits,
        vmapMaxAlloc: bits / 2,
        vmallocPages: space === 15 ? MACHINE_LIMITS.vmallocPages : bits * blocks,
        directMapVpn: DIRECT_MAP_VPN,
        ...rest,
        ...fixed,
      };
    });
}
