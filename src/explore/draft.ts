import type { Machine } from '../../models/hardware/machine.ts';
import { areaName } from '../scenario/names.ts';
import type { Operation, Place } from '../scenario/operation.ts';
import { OPERATION_KINDS } from '../scenario/operation-parse.ts';
import type { CheckedRun } from './checked-run.ts';
import { ALLOCATORS, type Allocator, type Roster } from './roster.ts';

/** Calls no caller may make, and the operation each is made with. */
export const BAD_CALLS = [
  'unmap unknown',
  'unmap again',
  'unmap wrong size',
  'map nothing',
  'free again',
  'free unknown',
] as const;

type BadCall = (typeof BAD_CALLS)[number];
export type DraftKind = Operation['kind'] | BadCall;

/** Everything that can be drawn. */
export const DRAFT_KINDS: readonly DraftKind[] = [...OPERATION_KINDS, ...BAD_CALLS];

/**
 * An operation whose operands are still small numbers: which of the areas alive by then it means,
 * and how large it is, are settled when it runs. So a list of drafts stays meaningful when the
 * shrinker takes some away.
 */
export interface Draft {
  readonly kind: DraftKind;
  /** Which area, CPU or address. */
  readonly pick: number;
  /** Size in pages, or how many allocations ahead, from 0. */
  readonly size: number;
  /** Alignment, flags, offset. */
  readonly extra: number;
}

function place(area: string, offset = 0): Place {
  return { area, offset };
}

/**
 * The operation a draft means at this point of a run; null: it has none, there is nothing to free.
 */
export function operationOf(draft: Draft, run: CheckedRun, roster: Roster): Operation | null {
  roster.forgetReleased(run);
  return (
    allocation(draft, run.machine, roster) ??
    release(draft, roster) ??
    observation(draft, run, roster) ??
    badCall(draft, run, roster)
  );
}

/** Vmalloc spaces of at least so many pages: a 32-bit counter does not do for them. */
const HUGE_SPACE = 2 ** 32;

/**
 * Pages to reserve: of a huge space an eighth, a quarter or half. What is reserved is not
 * mapped, and costs no more than a page.
 */
function reservation(pages: number, { vmallocPages }: Machine, extra: number): number {
  return vmallocPages < HUGE_SPACE ? pages : vmallocPages / 2 ** (1 + (extra % 3));
}

/** RAM from which on an allocation may be so large that its array of pages is vmalloc'ed itself. */
const MUCH_RAM = 2 ** 12;
const PAGES_OF_LARGE = 256;

/** Pages of an area: few, or if there is much RAM now and then several hundred. */
function areaPages({ size, extra }: Draft, { ramPages }: Machine): number {
  const isLarge = ramPages >= MUCH_RAM && extra % 16 === 14;
  return isLarge ? PAGES_OF_LARGE + size : pagesUpTo(6, size);
}

/** 1 .. limit */
const pagesUpTo = (limit: number, size: number): number => 1 + (size % limit);

function allocation(draft: Draft, machine: Machine, roster: Roster): Operation | null {
  const { kind, size, extra } = draft;
  const pages = areaPages(draft, machine);
  const area = areaName(roster.names);
  switch (kind) {
    case 'vmalloc':
      roster.names++;
      return {
        kind,
        area,
        pages,
        align: extra % 4 === 1 ? 2 : extra % 8 === 2 ? 4 : 1,
        range: machine.modulesPages > 0 && extra % 5 === 0 ? 'modules' : 'vmalloc',
        resetPerms: extra % 3 === 0,
      };
    case 'vm_map_ram': {
      roster.names++;
      // One in eight is too large for a block and gets an area of its own.
      const own = extra % 8 === 7 ? machine.vmapMaxAlloc : 0;
      return { kind, area, pages: own + pagesUpTo(machine.vmapMaxAlloc, size) };
    }
    case 'vmap':
    case 'ioremap':
      roster.names++;
      return { kind, area, pages };
    case 'get_vm_area':
      roster.names++;
      return { kind, area, pages: reservation(pages, machine, extra) };
    case 'pcpu_get_vm_areas': {
      roster.names++;
      const align = 1 + (extra % 2);
      const unit = align * pagesUpTo(2, size);
      return { kind, area, offsets: [0, 2 * unit], sizes: [unit, unit], align };
    }
    default:
      return null;
  }
}

/** An area in use that came from this allocator, or null. */
function chosen({ live }: Roster, allocator: Allocator, pick: number): Place | null {
  const names = live[allocator];
  const name = names[pick % names.length];
  return name === undefined ? null : place(name);
}

function release({ kind, pick }: Draft, roster: Roster): Operation | null {
  const { live, registered, resetsPerms } = roster;
  switch (kind) {
    case 'vfree':
    case 'vfree_atomic': {
      const at = chosen(roster, 'vmalloc', pick);
      return at && { kind, at };
    }
    case 'vunmap': {
      const at = chosen(
        roster,
        pick % 3 === 0 && live.ioremap.length > 0 ? 'ioremap' : 'vmap',
        pick,
      );
      return at && { kind, at };
    }
    case 'vm_unmap_ram': {
      const at = chosen(roster, 'vm_map_ram', pick);
      return at && { kind, at, pages: null };
    }
    case 'free_vm_area': {
      const at = chosen(roster, 'get_vm_area', pick);
      return at && { kind, at };
    }
    case 'pcpu_free_vm_areas': {
      const at = chosen(roster, 'pcpu_get_vm_areas', pick);
      return at && { kind, at };
    }
    case 'set_memory_ro': {
      const at = chosen(roster, 'vmalloc', pick);
      return at && 'area' in at && resetsPerms.has(at.area) ? { kind, at } : null;
    }
    case 'register_vmap_purge_notifier': {
      const at = chosen(roster, 'vmap', pick);
      return at && 'area' in at && !registered.has(at.area) ? { kind, at } : null;
    }
    default:
      return null;
  }
}

function observation(draft: Draft, run: CheckedRun, roster: Roster): Operation | null {
  const { kind, pick, size, extra } = draft;
  const { onlineCpus } = run.machine;
  switch (kind) {
    case 'vm_unmap_aliases':
    case 'run_work':
    case 'shrink':
      return { kind };
    case 'migrate': {
      const others = onlineCpus.filter((cpu) => cpu !== run.cpu);
      const cpu = others[pick % others.length];
      return cpu === undefined ? null : { kind, cpu };
    }
    case 'fail_alloc':
      return { kind, nth: 1 + (size % 6) };
    case 'touch':
      return {
        kind,
        cpu: onlineCpus[extra % onlineCpus.length] ?? 0,
        at: somewhere(draft, roster, run.machine),
      };
    case 'vread':
      return { kind, at: somewhere(draft, roster, run.machine), pages: pagesUpTo(6, size) };
    case 'vmalloc_to_page':
    case 'find_vm_area':
      return { kind, at: somewhere(draft, roster, run.machine) };
    default:
      return null;
  }
}

/** A page of an area in use, of one that is gone, or any page. */
function somewhere({ pick, extra }: Draft, { live, gone }: Roster, machine: Machine): Place {
  const allocator = ALLOCATORS[(pick >> 6) % ALLOCATORS.length] ?? 'vm_map_ram';
  const names = live[allocator].length > 0 ? live[allocator] : live.vm_map_ram;
  const pool = extra % 4 === 3 && gone.length > 0 ? gone : names;
  const name = pool[pick % pool.length];
  return name === undefined || extra % 16 === 15
    ? { vpn: pick % machine.vmallocPages }
    : place(name, extra % 3);
}

function badCall({ kind, pick, extra }: Draft, run: CheckedRun, roster: Roster): Operation | null {
  const { machine } = run;
  const unknown: Place = { vpn: pick % machine.vmallocPages };
  const gone = goneFor(run, roster, pick);
  switch (kind) {
    case 'unmap unknown':
      return { kind: 'vm_unmap_ram', at: unknown, pages: 1 + (extra % machine.vmapMaxAlloc) };
    case 'free unknown':
      return { kind: 'vfree', at: unknown };
    case 'unmap again':
      return gone === undefined ? null : { kind: 'vm_unmap_ram', at: place(gone), pages: null };
    case 'free again':
      return gone === undefined
        ? null
        : { kind: extra % 2 === 0 ? 'vfree' : 'vunmap', at: place(gone) };
    case 'unmap wrong size': {
      const names = roster.live.vm_map_ram;
      const name = names[pick % names.length];
      return name === undefined
        ? null
        : {
            kind: 'vm_unmap_ram',
            at: place(name),
            pages: 1 + (extra % (2 * machine.vmapMaxAlloc)),
          };
    }
    case 'map nothing': {
      const area = areaName(roster.names++);
      return extra % 2 === 0
        ? { kind: 'vm_map_ram', area, pages: 0 }
        : { kind: 'get_vm_area', area, pages: 0 };
    }
    default:
      return null;
  }
}

/** A name whose area is gone and whose address nobody else has got since. */
function goneFor(run: CheckedRun, { gone }: Roster, pick: number): string | undefined {
  const name = gone[pick % gone.length];
  const vpn = name === undefined ? undefined : run.handles.get(name)?.vpn;
  return vpn === undefined || run.ledger.areas.has(vpn) ? undefined : name;
}
