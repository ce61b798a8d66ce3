import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlushPlan } from '../../../models/hardware/arch.ts';
import { archProfile, planFlushList } from '../../../models/hardware/arch-profiles.ts';
import { emptyFlushPlan, Hardware } from '../../../models/hardware/hardware.ts';
import {
  ARCH_NAMES,
  type ArchName,
  DIRECT_MAP_VPN,
  type Machine,
} from '../../../models/hardware/machine.ts';
import type { HardwareObserver } from '../../../models/hardware/observer.ts';

const CPUS = 4;

function planOf(arch: ArchName, ranges: readonly number[]): FlushPlan {
  const plan = emptyFlushPlan();
  planFlushList(archProfile(arch), ranges, CPUS, plan);
  return plan;
}

function planOfOne(arch: ArchName, start: number, end: number): FlushPlan {
  const plan = emptyFlushPlan();
  archProfile(arch).planFlush(start, end, CPUS, plan);
  return plan;
}

describe('planFlushList', () => {
  it('costs for one range what flush_tlb_kernel_range costs', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ARCH_NAMES),
        fc.nat(1000),
        fc.integer({ min: 1, max: 3000 }),
        (arch, start, pages) => {
          const { full, instructions, ipis, nanoseconds } = planOfOne(arch, start, start + pages);
          expect(planOf(arch, [start, start + pages])).toMatchObject({
            full,
            instructions,
            ipis,
            nanoseconds,
          });
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('needs the interrupt once, and an instruction for every page on every CPU', () => {
    const one = planOfOne('x86_64', 0, 2);
    const two = planOf('x86_64', [0, 2, 1000, 1003]);
    expect(two).toMatchObject({ full: false, instructions: 5 * CPUS, ipis: CPUS - 1 });
    expect(two.nanoseconds).toBe(one.nanoseconds + 300);
  });

  it('is full when all pages together are above the ceiling', () => {
    expect(planOf('x86_64', [0, 17, 100, 117]).full).toBe(true);
    expect(planOf('x86_64', [0, 17, 100, 116]).full).toBe(false);
  });
});

const machine: Machine = {
  possibleCpus: [0, 1],
  onlineCpus: [0, 1],
  vmallocPages: 64,
  modulesPages: 0,
  ramPages: 8,
  vmapMaxAlloc: 2,
  vmapBbmapBits: 4,
  lazyMaxPages: 64,
  vmapNodes: 1,
  zonePages: 16,
  directMapVpn: DIRECT_MAP_VPN,
  arch: 'x86_64',
};

function flushed(arch: ArchName, ranges: readonly number[]): string[] {
  const lines: string[] = [];
  const deaf = () => {};
  const observer: HardwareObserver = {
    ptesSet: deaf,
    ptesCleared: deaf,
    frameAllocated: deaf,
    frameFreed: deaf,
    directMapSet: deaf,
    flushAsked: (start, end) => lines.push(`flush ${start} ${end}`),
    invalidated: (cpu, start, end) => lines.push(`cpu ${cpu} drops ${start} ${end}`),
  };
  const hardware = new Hardware({ ...machine, arch }, observer);
  hardware.setPtes(0, 12, Array(12).fill(1), 0);
  hardware.clearPtes(0, 12);
  hardware.beginFlushList(ranges);
  hardware.finishFlushListAtOnce(ranges);
  lines.push(`${hardware.staleTlb.countStale(0, 12)} stale`, `${hardware.totals.flushes} call`);
  return lines;
}

describe('Hardware', () => {
  it('asks for every range before a CPU drops one', () => {
    expect(flushed('x86_64', [0, 2, 6, 7])).toEqual([
      'flush 0 2',
      'flush 6 7',
      'cpu 0 drops 0 2',
      'cpu 0 drops 6 7',
      'cpu 1 drops 0 2',
      'cpu 1 drops 6 7',
      '9 stale',
      '1 call',
    ]);
  });

  it('drops everything once where the architecture does so', () => {
    expect(flushed('s390', [0, 2, 6, 7])).toEqual([
      'flush 0 2',
      'flush 6 7',
      'cpu 0 drops -Infinity Infinity',
      'cpu 1 drops -Infinity Infinity',
      '0 stale',
      '1 call',
    ]);
  });
});
