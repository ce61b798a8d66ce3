import type { AreaTaken, KernelTrace } from '../trace/event.ts';
import { type Requests, requestsOf } from '../trace/replay/requests.ts';

/** Pointers to pages that fit in one page: larger arrays are vmalloc'ed, and recorded like all. */
const POINTERS_PER_PAGE = 512;

/** What lines of a trace mean for somebody who makes the same calls anew. */
export interface TracePlan {
  /** The lines of areas that vfree() gives back with default permissions in the direct map. */
  readonly resetPerms: ReadonlySet<number>;
  /** The lines of arrays of pages, which vmalloc() allocates for itself. */
  readonly pageArrays: ReadonlySet<number>;
  /** The calls of _vm_unmap_aliases() that vfree() makes itself. */
  readonly ownAliases: ReadonlySet<number>;
  /** The lowest page of the direct map that was flushed; NaN: none. */
  readonly directMapVpn: number;
}

/** Reads out of a trace which lines are parts of one call. */
export function planOf(trace: KernelTrace): TracePlan {
  const { lines } = trace;
  const requests = requestsOf(trace);
  const resetPerms = new Set<number>();
  const pageArrays = new Set<number>();
  const ownAliases = new Set<number>();
  const takenBy = new Map<number, AreaTaken>();
  const taken = new Map<number, AreaTaken>();
  const lastFreed = new Map<number, AreaTaken>();
  let directMapVpn = Number.NaN;
  for (const event of lines) {
    if (event.code === 'snap') continue;
    if (event.code === 'A') {
      const before = takenBy.get(event.pid);
      if (before !== undefined && isPageArray(before, event)) pageArrays.add(event.line);
      takenBy.set(event.pid, event);
      taken.set(event.addr, event);
    } else if (event.code === 'F') {
      const area = taken.get(event.addr);
      if (area !== undefined) lastFreed.set(event.pid, area);
    } else if (event.code === 'U') {
      const start = directMapStart(requests, event.line);
      const area = lastFreed.get(event.pid);
      if (start === null || area === undefined) continue;
      resetPerms.add(area.line);
      ownAliases.add(event.line);
      directMapVpn = Number.isNaN(directMapVpn) ? start : Math.min(directMapVpn, start);
    }
  }
  return { resetPerms, pageArrays, ownAliases, directMapVpn };
}

/** Where a call of _vm_unmap_aliases() wants the direct map flushed from; null: nowhere. */
function directMapStart({ aliases }: Requests, line: number): number | null {
  const start = aliases.get(line)?.purge.start ?? 0;
  return start < 0 ? start : null;
}

function isPageArray(before: AreaTaken, event: AreaTaken): boolean {
  const pages = before.pages - 1;
  if (before.kind !== 'vmalloc' || event.kind !== 'vmalloc' || pages <= POINTERS_PER_PAGE) {
    return false;
  }
  return event.pages === Math.ceil(pages / POINTERS_PER_PAGE) + 1;
}
