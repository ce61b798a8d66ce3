import { HIGHEST_VPN, LOWEST_VPN } from '../models/hardware/machine.ts';
import type { KernelState } from '../src/subject/port.ts';
import type { Property, World } from './property.ts';

export const spacePartition: Property = {
  name: 'space-partition',
  kind: 'safety',
  invariant: 'I3',
  prose:
    'Busy, lazy, pooled, prefetched and free areas are disjoint and together are the whole ' +
    'space; nothing leaks, failure paths included.',
  source: 'insert_vmap_area() warns of overlaps; ec05f51f1e65 (v7.1) for a leak',
  interleaved: 'at rest',
  underConcurrency:
    'Looked at when every call has returned and every work item is done: in between an area may ' +
    'be on its way from one list to another.',
  watch(world, violated) {
    return {
      state(state) {
        const problem =
          partitionProblem(state) ??
          miscountedPool(state) ??
          outsideBusy(world, state) ??
          busyForNobody(world, state) ??
          leakProblem(world, state);
        if (problem !== null) violated(problem);
      },
    };
  },
};

/** Merges the four ascending lists and looks for a gap or an overlap. */
function partitionProblem({ busy, lazy, free, pooled }: KernelState): string | null {
  let at = LOWEST_VPN;
  for (let b = 0, l = 0, f = 0, p = 0; at !== HIGHEST_VPN; ) {
    if (busy[b] === at) {
      at = busy[b + 1] ?? Number.NaN;
      b += 3;
    } else if (lazy[l] === at) {
      at = lazy[l + 1] ?? Number.NaN;
      l += 2;
    } else if (free[f] === at) {
      at = free[f + 1] ?? Number.NaN;
      f += 2;
    } else if (pooled[p] === at) {
      at = pooled[p + 1] ?? Number.NaN;
      p += 2;
    } else {
      return `page ${at} is in no area, or in two: none of any kind begins there`;
    }
  }
  return null;
}

/** A pool whose length is not what it says. */
function miscountedPool({ pools }: KernelState): string | null {
  for (let i = 0; i < pools.length; i += 4) {
    const [node = 0, pages = 0, len = 0, areas = 0] = pools.slice(i, i + 4);
    if (len === areas) continue;
    return `the pool of node ${node} for areas of ${pages} pages holds ${areas}, its len is ${len}`;
  }
  return null;
}

/** Every live area lies inside a busy one. */
function outsideBusy(world: World, { busy }: KernelState): string | null {
  for (const area of world.ledger.areas.values()) {
    if (area.state !== 'live') continue;
    if (!covered(busy, area.start, area.start + area.pages)) {
      return `${world.describe(area.start)} is live, but its space is not busy`;
    }
  }
  return null;
}

/** Every busy area is a block, or was handed out and is not completely freed yet. */
function busyForNobody({ ledger }: World, { busy, blocks }: KernelState): string | null {
  const firstPagesOfBlocks = new Set<number>();
  for (let i = 0; i < blocks.length; i += 7) firstPagesOfBlocks.add(blocks[i] ?? Number.NaN);
  for (let i = 0; i < busy.length; i += 3) {
    const start = busy[i] ?? Number.NaN;
    if (ledger.areas.has(start) || firstPagesOfBlocks.has(start)) continue;
    return `pages ${start}-${busy[i + 1]} are busy, and belong to nobody`;
  }
  return null;
}

function covered(busy: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = busy.length / 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((busy[middle * 3 + 1] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const first = busy[low * 3] ?? Number.POSITIVE_INFINITY;
  return first <= start && end <= (busy[low * 3 + 1] ?? 0);
}

/** Objects and frames that nothing accounts for. */
function leakProblem({ ledger }: World, state: KernelState): string | null {
  const { busy, lazy, free, pooled, blocks, objects, spareVmapAreas } = state;
  const freeAreas = state.freeRangesAreAreas ? free.length / 2 : 0;
  const areas = busy.length / 3 + lazy.length / 2 + freeAreas + pooled.length / 2 + spareVmapAreas;
  let withVm = 0;
  for (let i = 2; i < busy.length; i += 3) withVm += busy[i] ?? 0;
  let frames = 0;
  for (const area of ledger.areas.values()) {
    if (area.kind === 'vmalloc' || area.kind === 'inner') frames += area.pages;
  }
  const expected: [string, number, number][] = [
    ['vmap_area', objects.get('vmap_area') ?? 0, areas],
    ['vm_struct', objects.get('vm_struct') ?? 0, withVm],
    ['vmap_block', objects.get('vmap_block') ?? 0, blocks.length / 7],
    ['frame', ledger.framesInUse.size, frames],
  ];
  for (const [kind, allocated, used] of expected) {
    if (allocated > used)
      return `${allocated - used} ${kind} leaked: ${allocated} allocated, ${used} in use`;
    if (allocated < used)
      return `${used - allocated} ${kind} too few: ${used} in use, ${allocated} allocated`;
  }
  return null;
}
