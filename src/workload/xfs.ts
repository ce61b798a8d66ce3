import type { Random } from '../explore/random.ts';
import { VM_UNMAP_ALIASES, vmMapRam, vmUnmapRam } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

const BUFFERS = 12_000;

/** Pages of buffers, as often as they stand here: inode clusters, directory blocks, log. */
const SIZES = [2, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 16, 16, 64];

/** One buffer of so many is too large for a block: 128 pages. */
const LARGE_OF = 200;
const LARGE_PAGES = 128;

/** Buffers that are mapped at a time. */
const MAPPED_MAX = 400;

/** A CPU works on so many buffers before another one does. */
const BUFFERS_PER_TURN = 16;

/** Memory pressure, as of so many buffers. */
const BUFFERS_PER_PRESSURE = 200;

/**
 * Buffers of several pages are mapped while they are in use. Two thirds are given back soon, the
 * rest whenever the cache is trimmed; whichever CPU comes to it does it. Now and then memory is
 * short, and whoever maps calls vm_unmap_aliases() before it tries again.
 */
export const xfs: Workload = {
  name: 'xfs',
  prose:
    '12,000 buffers of 2 to 128 pages through vm_map_ram, up to 400 at a time, short and long ' +
    'lives mixed, on four CPUs; vm_unmap_aliases() every 200',
  source: 'fs/xfs/xfs_buf.c: _xfs_buf_map_pages(); sizes and lifetimes are assumed',
  cpus: 4,
  machine: realMachine,
  *operations({ machine, names, random }: Setup): Operations {
    const mapped: string[] = [];
    for (let buffer = 0; buffer < BUFFERS; buffer++) {
      if (buffer % BUFFERS_PER_TURN === 0) {
        const cpu = machine.onlineCpus[random.below(machine.onlineCpus.length)] ?? 0;
        yield { kind: 'migrate', cpu };
      }
      const area = names.next();
      if (!Number.isNaN(yield vmMapRam(area, pagesOf(random)))) mapped.push(area);
      while (mapped.length > MAPPED_MAX) yield vmUnmapRam(taken(mapped, random));
      if (random.below(3) > 0) yield vmUnmapRam(taken(mapped, random, BUFFERS_PER_TURN));
      if (buffer % BUFFERS_PER_PRESSURE === BUFFERS_PER_PRESSURE - 1) yield VM_UNMAP_ALIASES;
    }
    for (const area of mapped) yield vmUnmapRam(area);
  },
};

function pagesOf(random: Random): number {
  if (random.below(LARGE_OF) === 0) return LARGE_PAGES;
  return SIZES[random.below(SIZES.length)] ?? 2;
}

/** Takes any of the latest `latest` areas out of the list. */
function taken(areas: string[], random: Random, latest = areas.length): string {
  const among = Math.min(latest, areas.length);
  const at = areas.length - 1 - random.below(among);
  return areas.splice(at, 1)[0] ?? '';
}
