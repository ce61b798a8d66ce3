import type { KernelState } from '../src/subject/port.ts';
import type { Property, World } from './property.ts';

export const blockIntegrity: Property = {
  name: 'block-integrity',
  kind: 'safety',
  invariant: 'I5',
  prose:
    "free + dirty + live is the block size; a block is on its own CPU's free list exactly " +
    "when it has free space; its list changes only under that queue's lock.",
  source: 'struct vmap_block; 8c61291fd850 (v6.10) for the wrong lock',
  interleaved: 'always',
  underConcurrency:
    'Locks are looked at whenever a free list changes; the sums and who is on which list only ' +
    'when every call has returned.',
  watch(world, violated) {
    return {
      complaint(cause, text) {
        if (cause === 'list') violated(text);
      },
      state(state) {
        const problem = blockProblem(world, state);
        if (problem !== null) violated(problem);
      },
    };
  },
};

function blockProblem(world: World, { blocks }: KernelState): string | null {
  const size = world.machine.vmapBbmapBits;
  const live = livePagesByBlock(world);
  for (let i = 0; i < blocks.length; i += 7) {
    const [start = 0, free = 0, dirty = 0, , , cpu = 0, queue = 0] = blocks.slice(i, i + 7);
    const inUse = live.get(Math.floor(start / size)) ?? 0;
    const name = `the block at page ${start}`;
    if (free + dirty + inUse !== size) {
      return `${name} has ${free} free, ${dirty} dirty and ${inUse} live pages, not ${size} in all`;
    }
    if (free > 0 && queue === -1) return `${name} has ${free} free pages and is on no free list`;
    if (free === 0 && queue !== -1) return `${name} has no free page and is on cpu${queue}'s list`;
    if (queue !== -1 && queue !== cpu) return `${name} of cpu${cpu} is on cpu${queue}'s free list`;
  }
  return null;
}

/** Pages that live vm_map_ram regions take up in each block, rounded up to powers of two. */
function livePagesByBlock({ ledger, machine }: World): Map<number, number> {
  const pages = new Map<number, number>();
  for (const area of ledger.areas.values()) {
    if (area.kind !== 'vm_map_ram' || area.pages > machine.vmapMaxAlloc) continue;
    const block = Math.floor(area.start / machine.vmapBbmapBits);
    const rounded = 2 ** Math.ceil(Math.log2(area.pages));
    pages.set(block, (pages.get(block) ?? 0) + rounded);
  }
  return pages;
}
