import { VM_UNMAP_ALIASES, vmMapRam, vmUnmapRam } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

const SOURCE = 'Thomas Gleixner to Baoquan He, 19 May 2023 (mail 1)';

/** Calls of vm_unmap_aliases() after each region of the table is given back. */
const FLUSHES_EACH = 4;

const table: Workload = {
  name: 'mail1-table',
  prose:
    'one block in regions of 255 pages and 4 pages left free; each region is given back, and ' +
    'vm_unmap_aliases() called four times after it',
  source: `${SOURCE}: the table of vb_alloc() and vb_free(), D in parts so that 4 pages are left`,
  cpus: 4,
  // The regions of the table are larger than VMAP_MAX_ALLOC allows on any real machine.
  machine: (cpus) => ({ ...realMachine(cpus), vmapMaxAlloc: 256 }),
  *operations({ names }: Setup): Operations {
    const areas: string[] = [];
    for (const pages of [255, 255, 255, 128, 64, 32, 16, 8, 4]) {
      const area = names.next();
      areas.push(area);
      yield vmMapRam(area, pages);
    }
    for (const area of areas) {
      yield vmUnmapRam(area);
      for (let flush = 0; flush < FLUSHES_EACH; flush++) yield VM_UNMAP_ALIASES;
    }
  },
};

const lastOf255: Workload = {
  name: 'mail1-255x4',
  prose:
    'one block with 255 mappings of 4 pages; they are given back one by one, ' +
    'vm_unmap_aliases() after each',
  source: `${SOURCE}: the last of 255 freed makes a full flush of 4 MiB of what was flushed before`,
  cpus: 4,
  machine: realMachine,
  *operations({ names }: Setup): Operations {
    const areas: string[] = [];
    for (let i = 0; i < 255; i++) {
      const area = names.next();
      areas.push(area);
      yield vmMapRam(area, 4);
    }
    for (const area of areas) {
      yield vmUnmapRam(area);
      yield VM_UNMAP_ALIASES;
    }
  },
};

const hullOf1002: Workload = {
  name: 'mail1-1002',
  prose: 'one block; pages 0-1 and 1000-1001 of it are given back, then one vm_unmap_aliases()',
  source: `${SOURCE}: "will ask to flush 1002 pages instead of 4, right?"`,
  cpus: 4,
  machine: realMachine,
  *operations({ names }: Setup): Operations {
    const first = names.next();
    yield vmMapRam(first, 2);
    // 998 pages between; 2 must not be rounded up into what X is to have.
    for (const pages of [...Array.from({ length: 15 }, () => 64), 32, 4, 2]) {
      yield vmMapRam(names.next(), pages);
    }
    const last = names.next();
    yield vmMapRam(last, 2);
    yield vmUnmapRam(first);
    yield vmUnmapRam(last);
    yield VM_UNMAP_ALIASES;
  },
};

/** The situations mail 1 argues over, at the kernel's real block size. */
export const mail1: readonly Workload[] = [table, lastOf255, hullOf1002];
