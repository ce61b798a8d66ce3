import { Hardware } from '../../models/hardware/hardware.ts';
import { type Machine, VMALLOC_START } from '../../models/hardware/machine.ts';
import { FastStaleTlb } from '../../models/hardware/tlb-fast.ts';
import type { Kernel, KernelClass } from '../../models/kernel/kernel.ts';
import { runStraight } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import { VM_ALLOC } from '../../models/kernel/vm-flags.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import { Ledger } from '../../models/reference/ledger.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import { Random } from './random.ts';

const CPUS = Array.from({ length: 16 }, (_, cpu) => cpu);
const LAST_CPU = CPUS.length - 1;

/**
 * 16 CPUs and 4 GiB of vmalloc space. The sizes that depend on the number of CPUs are the kernel's:
 * lazy_max_pages() of fls(16) * 32 MiB, and zones of fls(16) * 100 pages as the series of mail 5
 * has them.
 */
const MACHINE: Machine = {
  ...DEFAULT_MACHINE,
  possibleCpus: CPUS,
  onlineCpus: CPUS,
  vmallocPages: 2 ** 20,
  lazyMaxPages: 5 * 8192,
  vmapNodes: CPUS.length,
  zonePages: 500,
};

/** Areas that the workload allocates. It frees one of them after every third. */
const TURNS = 16_384;

const QUARTERS = 4;
const QUARTER_PAGES = MACHINE.vmallocPages / QUARTERS;

/** What the users of a restricted range ask for, in pages: 32 MiB, then 2 MiB. */
const REQUESTS = [8192, 512];

/** Who allocates. `even`: the CPUs in turn. `uneven`: the same, and the last CPU as much again. */
export const LOADS = ['even', 'uneven'] as const;
export type Load = (typeof LOADS)[number];

/** Requests for areas that have to lie in one quarter of the address space. */
export interface RestrictedRequests {
  /** Pages of each. */
  readonly pages: number;
  /** How many are made in each quarter: as many as fill it when it is empty. */
  readonly made: number;
  /** How many fail in each quarter, the lowest first. */
  readonly failed: readonly number[];
}

/** What a workload leaves of the address space under one policy. */
export interface SpreadRow {
  readonly policy: string;
  readonly load: Load;
  /** Pages in use. */
  readonly busyPages: number;
  /** Pages kept for one CPU or one size, and not in use. */
  readonly keptPages: number;
  /** The end of the highest area in use, in pages from VMALLOC_START. */
  readonly highestPage: number;
  /** Pages of the largest free range. */
  readonly largestFree: number;
  readonly restricted: readonly RestrictedRequests[];
}

/**
 * The address space a policy spreads over, and who goes without because of it: one deterministic
 * workload of small areas, and then areas that have to lie within a range.
 * Source: mail 5, Uladzislau Rezki, 6 June 2023: zones that match the CPU make the use of the space
 * wider, towards high addresses, at the cost of those who allocate within a specific range.
 */
export function addressSpread(name: string, kernelClass: KernelClass, load: Load): SpreadRow {
  const ledger = new Ledger(MACHINE, new FastStaleTlb(CPUS.length));
  const kernel = new kernelClass(MACHINE, new Hardware(MACHINE, ledger), ledger);
  runWorkload(kernel, load);
  const row = { policy: name, load, ...useOf(kernel) };
  return { ...row, restricted: REQUESTS.map((pages) => requestInQuarters(kernel, pages)) };
}

function runWorkload(kernel: Kernel, load: Load): void {
  const random = new Random(1);
  const areas: VmStruct[] = [];
  const round = load === 'even' ? CPUS : [...CPUS, ...CPUS.map(() => LAST_CPU)];
  for (let turn = 0; turn < TURNS; turn++) {
    kernel.current.cpu = round[turn % round.length] ?? 0;
    // Mostly up to 16 pages, now and then an area between a third and half of a zone.
    const pages = random.below(64) === 0 ? 180 : 1 + random.below(16);
    const area = runStraight(kernel.get_vm_area(pages, VM_ALLOC));
    if (area === null) throw new Error(`no room for ${pages} pages in turn ${turn}`);
    areas.push(area);
    if (turn % 3 !== 2) continue;
    const [old] = areas.splice(random.below(areas.length), 1);
    if (old !== undefined) runStraight(kernel.free_vm_area(old));
    runStraight(kernel.runPendingWork());
  }
}

type Use = Pick<SpreadRow, 'busyPages' | 'keptPages' | 'highestPage' | 'largestFree'>;

function useOf(kernel: Kernel): Use {
  const end = VMALLOC_START + MACHINE.vmallocPages;
  let busyPages = 0;
  let keptPages = 0;
  let highest = VMALLOC_START;
  let largestFree = 0;
  kernel.forEachBusy(({ va_start, va_end }) => {
    busyPages += va_end - va_start;
    highest = Math.max(highest, va_end);
  });
  kernel.forEachPooled(({ va_start, va_end }) => {
    keptPages += va_end - va_start;
  });
  kernel.forEachFree(({ va_start, va_end }) => {
    const pages = Math.min(va_end, end) - Math.max(va_start, VMALLOC_START);
    largestFree = Math.max(largestFree, pages);
  });
  return { busyPages, keptPages, highestPage: highest - VMALLOC_START, largestFree };
}

/** Fills each quarter with areas of `pages` pages as far as they fit, then gives them back. */
function requestInQuarters(kernel: Kernel, pages: number): RestrictedRequests {
  const made = QUARTER_PAGES / pages;
  const taken: VmapArea[] = [];
  const failed: number[] = [];
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const low = VMALLOC_START + quarter * QUARTER_PAGES;
    const before = taken.length;
    for (let i = 0; i < made; i++) {
      const area = runStraight(kernel.alloc_vmap_area(pages, 1, low, low + QUARTER_PAGES));
      if (typeof area !== 'number') taken.push(area);
    }
    failed.push(made - (taken.length - before));
  }
  for (const area of taken) runStraight(kernel.free_vmap_area(area));
  return { pages, made, failed };
}
