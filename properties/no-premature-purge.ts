import { isAllocation } from './calls.ts';
import type { Property } from './property.ts';

export const noPrematurePurge: Property = {
  name: 'no-premature-purge',
  kind: 'economy',
  invariant: 'I13',
  prose:
    'A block with at least a quarter of its pages still free is not thrown away unless ' +
    'address space ran out.',
  source: 'Thomas Gleixner, 19 May 2023 (mail 1); 77e50af07f14 (v6.5)',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: it compares before and after a call, and other calls come in between.',
  watch(world, violated) {
    const size = world.machine.vmapBbmapBits;
    /** Free pages of each block after the last call whose state was looked at, by first page. */
    const before = new Map<number, number>();
    const after = new Map<number, number>();
    let spaceMayHaveRunOut = false;
    return {
      callReturned(call) {
        spaceMayHaveRunOut ||= isAllocation(call);
      },
      state({ blocks }) {
        after.clear();
        for (let i = 0; i < blocks.length; i += 7) after.set(blocks[i] ?? 0, blocks[i + 1] ?? 0);
        if (!spaceMayHaveRunOut) {
          for (const [start, free] of before) {
            if (free * 4 < size || after.has(start)) continue;
            violated(
              `the block at page ${start} was thrown away with ${free} of its ${size} pages ` +
                'still free',
              start,
            );
          }
        }
        spaceMayHaveRunOut = false;
        before.clear();
        for (const [start, free] of after) before.set(start, free);
      },
    };
  },
};
