import { type Machine, MODULES_VPN, VMALLOC_START } from '../models/hardware/machine.ts';
import type { Area } from '../models/reference/area.ts';
import type { Call } from '../src/subject/port.ts';
import type { Property, World } from './property.ts';

export const noSpuriousFailure: Property = {
  name: 'no-spurious-failure',
  kind: 'safety',
  invariant: 'I6',
  prose: 'An allocation fails only if it would not fit after everything purgeable was purged.',
  source: 'the overflow path of alloc_vmap_area(); 9f531973dff3 (v5.16)',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: what another call holds for a moment, or frees a moment later, is neither ' +
    'in use nor purgeable.',
  watch(world, violated) {
    return {
      callReturned(call, outcome) {
        if (outcome.status !== 'failed' || world.allocationFailed()) return;
        if (call.kind === 'pcpu_get_vm_areas') {
          const base = congruentBase(world, call);
          if (!Number.isNaN(base)) {
            violated(`${call.kind} failed, but the areas would have fitted from page ${base} on`);
          }
          return;
        }
        const request = requestOf(world, call);
        if (request === null) return;
        const start = lowestGap(world, request);
        if (Number.isNaN(start)) return;
        violated(
          `${call.kind} failed, but ${request.size} pages would have fitted at page ${start}`,
        );
      },
    };
  },
};

/** What a failed call asked the address-space allocator for, in pages. */
interface Request {
  readonly size: number;
  readonly align: number;
  readonly low: number;
  readonly high: number;
}

function requestOf({ machine, ledger }: World, call: Call): Request | null {
  const low = VMALLOC_START;
  const high = VMALLOC_START + machine.vmallocPages;
  switch (call.kind) {
    case 'vmalloc': {
      if (call.pages > machine.ramPages - ledger.framesInUse.size) return null;
      const [from, to] =
        call.range === 'modules' ? [MODULES_VPN, MODULES_VPN + machine.modulesPages] : [low, high];
      return { size: call.pages + 1, align: call.align, low: from, high: to };
    }
    case 'vmap':
      if (call.pages > machine.ramPages) return null;
      return { size: call.pages + 1, align: 1, low, high };
    case 'get_vm_area':
      return { size: call.pages + 1, align: 1, low, high };
    case 'ioremap':
      return { size: call.pages + 1, align: 2 ** Math.ceil(Math.log2(call.pages)), low, high };
    case 'vm_map_ram': {
      const size = call.pages > machine.vmapMaxAlloc ? call.pages : machine.vmapBbmapBits;
      const align = call.pages > machine.vmapMaxAlloc ? 1 : size;
      return { size, align, low, high };
    }
    default:
      return null;
  }
}

/** Where the request would have fitted beside everything that cannot be purged, or NaN. */
function lowestGap(world: World, { size, align, low, high }: Request): number {
  const taken: [number, number][] = [];
  for (const area of world.ledger.areas.values()) taken.push(spaceOf(world.machine, area));
  taken.sort((a, b) => a[0] - b[0]);
  let at = Math.ceil(low / align) * align;
  for (const [start, end] of taken) {
    if (at + size <= start) break;
    if (end > at) at = Math.ceil(end / align) * align;
  }
  return at + size <= high ? at : Number.NaN;
}

type CongruentCall = Extract<Call, { kind: 'pcpu_get_vm_areas' }>;

/**
 * Where congruent areas would have fitted, highest first, or NaN. At the highest such base one of
 * the areas ends at the end of the space, or where something begins that cannot be purged.
 */
function congruentBase(world: World, { offsets, sizes, align }: CongruentCall): number {
  const { machine, ledger } = world;
  const taken = [...ledger.areas.values()].map((area) => spaceOf(machine, area));
  const end = VMALLOC_START + machine.vmallocPages;
  const endOf = (i: number) => (offsets[i] ?? 0) + (sizes[i] ?? 0);
  const tops = [end, ...taken.map(([start]) => Math.min(start, end))];
  const bases = tops.flatMap((top) =>
    offsets.map((_offset, i) => Math.floor(top / align) * align - endOf(i)),
  );
  const fits = (base: number) =>
    offsets.every((offset, i) => {
      const [first, last] = [base + offset, base + endOf(i)];
      return (
        first >= VMALLOC_START && last <= end && taken.every(([a, b]) => last <= a || b <= first)
      );
    });
  return bases.sort((a, b) => b - a).find(fits) ?? Number.NaN;
}

/** The space an area keeps busy: its guard page with it, or the whole block it lies in. */
function spaceOf({ vmapBbmapBits, vmapMaxAlloc }: Machine, area: Area): [number, number] {
  if (area.kind === 'vm_map_ram' && area.pages <= vmapMaxAlloc) {
    const start = Math.floor(area.start / vmapBbmapBits) * vmapBbmapBits;
    return [start, start + vmapBbmapBits];
  }
  const guard = area.kind === 'vm_map_ram' || area.kind === 'pcpu' ? 0 : 1;
  return [area.start, area.start + area.pages + guard];
}
