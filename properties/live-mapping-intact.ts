import type { Area } from '../models/reference/area.ts';
import { frameText } from '../src/scenario/page-text.ts';
import type { Property, World } from './property.ts';

export const liveMappingIntact: Property = {
  name: 'live-mapping-intact',
  kind: 'safety',
  invariant: 'I8',
  prose: "A live area's pages map exactly the frames asked for; only its owner unmaps it.",
  source: 'the API contract of vmalloc, vmap and vm_map_ram; 61ebe5a747da (v6.11)',
  interleaved: 'always',
  underConcurrency:
    'An area is live from the return of the call that allocates it to the beginning of the call ' +
    'that frees it; in between nobody may touch its PTEs, before and after anybody.',
  watch(world, violated) {
    // Frames that vmalloc took for areas that are still there, and the page that maps each.
    const taken = new Map<number, number>();
    return {
      ptesSet(start, count) {
        const page = livePage(world, start, start + count);
        if (page !== null) violated(`${page} is live, and its PTE is overwritten`);
      },
      ptesCleared(start, end) {
        const page = livePage(world, start, end);
        if (page !== null) violated(`${page} is live, and its PTE is cleared by somebody else`);
      },
      frameFreed(pfn) {
        taken.delete(pfn);
      },
      allocated(area) {
        const page = livePage(world, area.start, area.start + area.pages);
        if (page !== null) violated(`${page} is live and is handed out again`);
        else if (area.kind !== 'get_vm_area' && area.kind !== 'pcpu') {
          checkFrames(world, area, taken, violated);
        }
      },
    };
  },
};

/** A live page of [start, end), described; null: there is none. */
function livePage(world: World, start: number, end: number): string | null {
  const vpn = world.ledger.areaOf.liveWithin(start, end);
  return Number.isNaN(vpn) ? null : world.describe(vpn);
}

function checkFrames(
  world: World,
  area: Area,
  taken: Map<number, number>,
  violated: (detail: string) => void,
): void {
  const { ledger } = world;
  const seen = new Set<number>();
  for (let page = 0; page < area.pages; page++) {
    const pfn = ledger.frameOf.get(area.start + page);
    const asked = area.frames?.[page];
    if (pfn === undefined) violated(`page ${page} of the new area is not mapped`);
    else if (asked !== undefined && pfn !== asked) {
      const [got, wanted] = [frameText(pfn), frameText(asked)];
      violated(`page ${page} of the new area maps ${got}, asked for was ${wanted}`);
    } else if (seen.has(pfn)) violated(`${frameText(pfn)} is mapped twice in the new area`);
    else if (asked === undefined && !ledger.framesInUse.has(pfn)) {
      violated(`page ${page} of the new area maps frame ${pfn}, which is free`);
    } else if (asked === undefined && taken.has(pfn)) {
      const owner = world.describe(taken.get(pfn) ?? Number.NaN);
      violated(`page ${page} of the new area maps frame ${pfn}, which belongs to ${owner}`);
    } else {
      seen.add(pfn);
      if (asked === undefined) taken.set(pfn, area.start + page);
    }
  }
}
