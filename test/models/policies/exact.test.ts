import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Hardware } from '../../../models/hardware/hardware.ts';
import type { ArchName, Machine } from '../../../models/hardware/machine.ts';
import { CALLER_PFN } from '../../../models/hardware/machine.ts';
import type { KernelObserver } from '../../../models/hardware/observer.ts';
import { NULL } from '../../../models/kernel/err.ts';
import type { Kernel } from '../../../models/kernel/kernel.ts';
import { type Run, runStraight } from '../../../models/kernel/point.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { properties } from '../../../properties/index.ts';
import { checkPolicy } from '../../../src/explore/check-policy.ts';
import { Random } from '../../../src/explore/random.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import { policyNamed, see } from './see.ts';

/** Four CPUs, blocks of the real size. */
const REAL: Machine = {
  ...DEFAULT_MACHINE,
  possibleCpus: [0, 1, 2, 3],
  onlineCpus: [0, 1, 2, 3],
  vmallocPages: 2 ** 17,
  ramPages: 4096,
  vmapMaxAlloc: 64,
  vmapBbmapBits: 1024,
  lazyMaxPages: 2 ** 14,
};

/** Counts the ranges flushed, and the pages of them that were dirty. */
class Meter implements KernelObserver {
  /** The hardware it observes. */
  hardware: Hardware | null = null;
  ranges = 0;
  longestList = 0;
  dirty = 0;
  #inList = 0;

  flushAsked(start: number, end: number): void {
    this.ranges++;
    this.#inList++;
    this.longestList = Math.max(this.longestList, this.#inList);
    this.dirty += this.hardware?.staleTlb.countStale(start, end) ?? 0;
  }

  invalidated(): void {
    this.#inList = 0;
  }

  ptesSet(): void {}
  ptesCleared(): void {}
  frameAllocated(): void {}
  frameFreed(): void {}
  directMapSet(): void {}
  innerFreeBegins(): void {}
  innerFreeReturned(): void {}
  innerAllocated(): void {}
  complaint(): void {}
}

/**
 * 20,000 steps: up to 200 regions of vm_map_ram, 1 to 64 pages each, now and then an area of
 * vmalloc, and vm_unmap_aliases() every 500. Nothing in the direct map: its distance from vmalloc
 * space alone would decide what a hull costs.
 */
function work(kernel: Kernel): void {
  const random = new Random(1);
  const regions: [number, number][] = [];
  const areas: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    kernel.current.cpu = random.below(4);
    if (regions.length < 100 + random.below(100)) {
      const pages = 1 + random.below(64);
      const frames = new Array<number>(pages).fill(CALLER_PFN);
      regions.push([mapped(kernel.vm_map_ram(frames, pages)), pages]);
    } else {
      const [region = [0, 0]] = regions.splice(random.below(regions.length), 1);
      runStraight(kernel.vm_unmap_ram(...region));
    }
    if (step % 20 === 0) {
      const [start, end] = kernel.rangeOf('vmalloc');
      areas.push(mapped(kernel.__vmalloc_node_range(1 + random.below(16), 1, start, end, 0)));
      if (areas.length > 20) runStraight(kernel.vfree(areas.splice(random.below(20), 1)[0] ?? 0));
    }
    if (step % 500 === 499) runStraight(kernel.vm_unmap_aliases());
    runStraight(kernel.runPendingWork());
  }
}

function mapped(run: Run<number>): number {
  const vpn = runStraight(run);
  if (vpn === NULL) throw new Error('the machine is too small for the work');
  return vpn;
}

/** What the work costs on a policy. */
function costs(policy: string, arch: ArchName) {
  const machine = { ...REAL, arch };
  const meter = new Meter();
  const hardware = new Hardware(machine, meter);
  meter.hardware = hardware;
  work(new (kernelOf(policyNamed(policy)))(machine, hardware, meter));
  const { flushes, pagesAsked, nanoseconds } = hardware.totals;
  const { ranges, longestList, dirty } = meter;
  const microseconds = Math.round(nanoseconds / 1000);
  return { calls: flushes, ranges, longestList, pagesAsked, dirty, microseconds };
}

describe('exact', () => {
  it('holds every property when each of its steps stops', () => {
    const subject = new PolicySubject('exact', kernelOf(policyNamed('exact')), true);
    const options = { properties, runs: 150, maxOps: 60, seed: 7, machine: {}, shrink: false };
    const { verdicts } = checkPolicy(subject, options);
    expect(verdicts.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  });

  it('finds the lowest aligned hole that fits', () => {
    const hardware = new Hardware(DEFAULT_MACHINE, new Meter());
    const kernel = new (kernelOf(policyNamed('exact')))(DEFAULT_MACHINE, hardware, new Meter());
    const random = new Random(3);
    const taken: number[] = [];
    const [low, high] = kernel.rangeOf('vmalloc');
    let refused = 0;
    for (let step = 0; step < 3000; step++) {
      const align = 2 ** random.below(4);
      const size = 2 + random.below(5);
      let lowest = NULL;
      kernel.forEachFree(({ va_start, va_end }) => {
        const start = Math.ceil(Math.max(va_start, low) / align) * align;
        if (lowest === NULL && start + size <= Math.min(va_end, high)) lowest = start;
      });
      if (lowest === NULL) {
        refused++;
        const at = random.below(taken.length);
        for (const vpn of taken.splice(at, 1)) runStraight(kernel.vfree(vpn));
        runStraight(kernel.vm_unmap_aliases());
      } else {
        const vpn = runStraight(kernel.__vmalloc_node_range(size - 1, align, low, high, 0));
        expect(vpn).toBe(lowest);
        taken.push(vpn);
      }
    }
    expect(refused).toBeGreaterThan(500);
  });

  it('flushes of a block that becomes all dirty what is left of it', () => {
    const name = '../../../scenarios/mail1-8-last-of-255-freed-late.case';
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    const { flushes, violated } = see('exact', text);
    expect(flushes.at(-1)).toBe('4 pages at 1016, 4 dirty');
    expect(violated).toEqual([]);
  });

  it('costs what its description says', () => {
    expect(costs('v6.5', 'arm32')).toEqual({
      calls: 41,
      ranges: 41,
      longestList: 1,
      pagesAsked: 1_622_041,
      dirty: 328_569,
      microseconds: 25_953,
    });
    expect(costs('mail1-per-area', 'arm32')).toEqual({
      calls: 41,
      ranges: 1_803,
      longestList: 53,
      pagesAsked: 1_120_420,
      dirty: 328_569,
      microseconds: 17_927,
    });
    expect(costs('exact', 'arm32')).toEqual({
      calls: 41,
      ranges: 10_405,
      longestList: 270,
      pagesAsked: 328_569,
      dirty: 328_569,
      microseconds: 5_257,
    });
  });

  it('gains nothing where so many pages are a full flush anyway', () => {
    expect(costs('exact', 'x86_64').microseconds).toBe(costs('v6.5', 'x86_64').microseconds);
  });
});
