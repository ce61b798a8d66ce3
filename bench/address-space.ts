import { Hardware } from '../models/hardware/hardware.ts';
import type { Machine } from '../models/hardware/machine.ts';
import { FastStaleTlb } from '../models/hardware/tlb-fast.ts';
import { Kernel } from '../models/kernel/kernel.ts';
import { type Run, runStraight, type Step } from '../models/kernel/point.ts';
import type { VmapArea } from '../models/kernel/structures/vmap-area-node.ts';
import { Ledger } from '../models/reference/ledger.ts';
import { Random } from '../src/explore/random.ts';
import { DEFAULT_MACHINE } from '../src/scenario/machine.ts';
import { cpuSeconds, type Figure, measure } from './measure.ts';

const REAL_SIZE: Machine = { ...DEFAULT_MACHINE, vmallocPages: 2 ** 33, lazyMaxPages: 2 ** 15 };

function bootKernel(machine: Machine): Kernel {
  const ledger = new Ledger(machine, new FastStaleTlb(machine.onlineCpus.length));
  return new Kernel(machine, new Hardware(machine, ledger), ledger);
}

/** Allocations with that many areas busy, in a space of 2^33 pages: one is freed for each made. */
export function allocationsAmong(areas: number): Figure {
  const kernel = bootKernel(REAL_SIZE);
  const random = new Random(1);
  const busy: VmapArea[] = [];
  const allocate = (): VmapArea => {
    const pages = 1 + random.below(16);
    const va = runStraight(kernel.alloc_vmap_area(pages, 1, 0, REAL_SIZE.vmallocPages));
    if (typeof va === 'number') throw new Error(`alloc_vmap_area failed: ${va}`);
    return va;
  };
  while (busy.length < areas) busy.push(allocate());
  const count = 100_000;
  return measure(`alloc_vmap_area + free_vmap_area among ${areas} areas`, count, () => {
    for (let i = 0; i < count; i++) {
      const index = random.below(areas);
      const old = busy[index];
      if (old !== undefined) runStraight(kernel.free_vmap_area(old));
      busy[index] = allocate();
    }
  });
}

/** Flushes of 400,000 pages, 25,600 of them dirty in 400 ranges, carried out CPU by CPU. */
export function largeFlush(cpus: number): Figure {
  const online = Array.from({ length: cpus }, (_, cpu) => cpu);
  const machine = { ...REAL_SIZE, possibleCpus: online, onlineCpus: online };
  const kernel = bootKernel(machine);
  const frames = Array.from({ length: 64 }, (_, i) => i);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    for (let at = 0; at < 400_000; at += 1_000) {
      runStraight(asRun(kernel.vmap_pages_range(at, 64, frames)));
      runStraight(asRun(kernel.vunmap_range_noflush(at, at + 64)));
    }
    const flush = () => runStraight(asRun(kernel.flush_tlb_kernel_range(0, 400_000)));
    best = Math.min(best, cpuSeconds(flush));
  }
  return { name: `flush of 400,000 pages on ${cpus} CPUs`, perSecond: 1 / best, aim: null };
}

function* asRun<T>(step: Step<T>): Run<T> {
  return yield* step;
}
