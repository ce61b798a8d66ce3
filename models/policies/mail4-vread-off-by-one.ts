import type { Patch } from './policy.ts';

/**
 * "if (addr < start)" where it should be "while": one byte of the hole is zeroed, and the rest of
 * it reads as the region behind. A page whose first byte is zero and whose others come from a frame
 * counts as that frame here, so none of the hole's pages is zeroed.
 */
export const vreadOffByOne: Patch = {
  name: 'mail4-vread-off-by-one',
  title: 'vread() zeroes one byte of a hole, and then reads as if in the used region',
  source: 'Lorenzo Stoakes in review of the v2 series, December 2022',
  apply: (Base) =>
    class extends Base {
      /** Replaces that of mail4-vread. */
      pagesToZero(): number {
        return 0;
      }
    },
};
