import fc from 'fast-check';
import { ARCH_NAMES, DIRECT_MAP_VPN, type Machine } from '../../models/hardware/machine.ts';
import { firstCpus } from '../scenario/cpu-list.ts';
import { machineArbitrary } from './arbitraries.ts';
import { Random } from './random.ts';

/** VMAP_BBMAP_BITS of real kernels, by NR_CPUS, and the VMAP_MAX_ALLOC of 64-bit ones. */
const REAL_BLOCKS = [128, 256, 512, 1024] as const;
const REAL_MAX_ALLOC = 64;

/** The lazy_max_pages() of mm/vmalloc.c: 32 MiB for each binary digit of the number of CPUs. */
function realLazyMaxPages(cpus: number): number {
  return Math.floor(Math.log2(cpus) + 1) * 8_192;
}

const REAL_CPUS: readonly (readonly number[])[] = [
  ...[1, 2, 4, 8, 64].map(firstCpus),
  [0, 2, 3, 7],
  [0, 63],
];

/** Pages of vmalloc space: 256 MiB, 4 GiB, and the 32 TiB of x86-64. */
const LARGE_SPACES = [2 ** 16, 2 ** 20, 2 ** 33] as const;

/**
 * Machines with the sizes of real ones: blocks, CPUs, nodes, limits of laziness; with vmalloc
 * spaces of a few blocks, which run out, or of many, in which work is put off until the limit is
 * passed. `fixed` overrides fields.
 */
function realMachineArbitrary(fixed: Partial<Machine>): fc.Arbitrary<Machine> {
  return fc
    .record({
      cpus: fc.constantFrom(...REAL_CPUS),
      bits: fc.constantFrom(...REAL_BLOCKS),
      blocks: fc.integer({ min: 3, max: 12 }),
      space: fc.constantFrom(0, 0, ...LARGE_SPACES),
      modulesPages: fc.constantFrom(0, 64, 2 ** 18),
      ramPages: fc.constantFrom(2 ** 14, 2 ** 12, 512),
      lazyMaxPages: fc.constantFrom(0, 0, 512, 64),
      nodes: fc.constantFrom(0, 0, 1, 2),
      isNear: fc.boolean(),
      arch: fc.constantFrom(...ARCH_NAMES),
    })
    .map(({ cpus, bits, blocks, space, nodes, isNear, ...rest }): Machine => {
      const possibleCpus = fixed.possibleCpus ?? cpus;
      const block = fixed.vmapBbmapBits ?? bits;
      return {
        ...rest,
        possibleCpus,
        onlineCpus: possibleCpus,
        vmapBbmapBits: block,
        vmapMaxAlloc: Math.min(REAL_MAX_ALLOC, block / 2),
        vmallocPages: space === 0 ? block * blocks : space,
        lazyMaxPages: rest.lazyMaxPages || realLazyMaxPages(possibleCpus.length),
        vmapNodes: nodes === 0 ? possibleCpus.length : nodes,
        zonePages: 16,
        directMapVpn: isNear ? -2 * rest.ramPages : DIRECT_MAP_VPN,
        ...fixed,
      };
    });
}

const CHUNK = 16;

/** Machines without end, every other one of them with the sizes of a real one. */
export function* machines(seed: number, fixed: Partial<Machine>): Generator<Machine> {
  const random = new Random(seed);
  for (;;) {
    const settings = { numRuns: CHUNK, seed: random.next() | 0 };
    const small = fc.sample(machineArbitrary(fixed), settings);
    const real = fc.sample(realMachineArbitrary(fixed), settings);
    for (const [index, machine] of small.entries()) {
      yield machine;
      const other = real[index];
      if (other !== undefined) yield other;
    }
  }
}
