import type { Property } from './property.ts';

export const boundedSpace: Property = {
  name: 'bounded-space',
  kind: 'economy',
  invariant: 'I13',
  prose:
    'With a bounded live set the space in use stays bounded: after vm_unmap_aliases no area ' +
    'is lazy, and every block without a live page has at least a quarter of its pages free.',
  source: '02b709df817c (v2.6.33): blocks all freed but never fully used filled the space',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: what another call freed meanwhile may be lazy when vm_unmap_aliases returns.',
  watch(world, violated) {
    const { vmapBbmapBits: size, vmapMaxAlloc } = world.machine;
    return {
      state({ blocks, lazy }, call) {
        if (call.kind !== 'vm_unmap_aliases') return;
        if (lazy.length > 0)
          violated(`pages ${lazy[0]}-${lazy[1]} are lazy after vm_unmap_aliases`);
        const pinned = new Set<number>();
        for (const area of world.ledger.areas.values()) {
          if (area.kind === 'vm_map_ram' && area.pages <= vmapMaxAlloc) {
            pinned.add(Math.floor(area.start / size) * size);
          }
        }
        for (let i = 0; i < blocks.length; i += 7) {
          const start = blocks[i] ?? 0;
          const free = blocks[i + 1] ?? 0;
          if (pinned.has(start) || free * 4 >= size) continue;
          violated(
            `the block at page ${start} has no live page and ${free} of ${size} pages free, ` +
              'and is still there after vm_unmap_aliases',
          );
        }
      },
    };
  },
};
