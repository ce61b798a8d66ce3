import { bugOn } from './mail4-bug-on.ts';
import { flags } from './mail4-flags.ts';
import { flagsSplit } from './mail4-flags-split.ts';
import { usedBitLate } from './mail4-used-bit-late.ts';
import { vread, vreadSplit } from './mail4-vread.ts';
import { vreadOffByOne } from './mail4-vread-off-by-one.ts';
import { warn } from './mail4-warn.ts';
import type { Expectation, Patch, Policy } from './policy.ts';
import { v6_1 } from './v6.1.ts';
import { findUnlink } from './v6.3-find-unlink.ts';
import { usedMap } from './v6.3-used-map.ts';

const violated = (source: string): Expectation => ({ verdict: 'violated', source });
const holds = (source: string): Expectation => ({ verdict: 'holds', source });

const FIRST_PAGE = violated(
  'a used region is read from its first page, whichever page was asked for: read in the v6.12 ' +
    'source, found by this tool',
);

/** Patches on v6.1, and what they change about the verdicts there. */
function proposal(
  name: string,
  title: string,
  patches: readonly Patch[],
  changes: Readonly<Record<string, Expectation>> = {},
): Policy {
  return {
    name,
    title: `v6.1 + ${title}`,
    source: patches.at(-1)?.source ?? '',
    patches: [...v6_1.patches, ...patches],
    expected: { ...v6_1.expected, ...changes },
    expectedInterleaved: v6_1.expectedInterleaved,
  };
}

/** The patches of the series that vread() needs. */
const v2: readonly Patch[] = [usedMap, flags, vread];

/**
 * The v2 series of December 2022, and what was argued over in it. How each takes calls that must
 * not be made is not a verdict; the tests show it.
 *
 * `mail4-unlink-on-entry` is what the mail says, in remove_vm_area() only. Two tasks that free one
 * area at the same time still free its frames twice: __vunmap() of v6.1 has looked the vm_struct up
 * before and does not ask what remove_vm_area() returned. v6.3 asks.
 */
export const mail4: readonly Policy[] = [
  proposal('mail4-flags', 'areas of vm_map_ram marked, nothing reads the marks', [flags]),
  proposal('mail4-v2', 'v2: used_map, marks (VMAP_RAM for both kinds), vread', v2, {
    'vread-exact': FIRST_PAGE,
  }),
  proposal(
    'mail4-flags-split',
    'v2 with VMAP_RAM and VMAP_BLOCK for two kinds of area',
    [usedMap, flagsSplit, vreadSplit],
    { 'vread-exact': FIRST_PAGE },
  ),
  proposal(
    'mail4-flags-mixed',
    'blocks marked VMAP_BLOCK only, vread() expects VMAP_RAM besides',
    [usedMap, flagsSplit, vread],
    {
      'object-lifetime': violated(
        'neither VMAP_RAM nor a vm_struct, so vm->flags is a NULL pointer: found by this tool; ' +
          'v6.7 fixed the dereference, v6.12 warns of VMAP_BLOCK alone',
      ),
      'vread-exact': holds('reads that meet a block do not return: found by this tool'),
    },
  ),
  proposal(
    'mail4-flags-mixed-reverse',
    'blocks marked VMAP_RAM|VMAP_BLOCK, vread() takes VMAP_RAM for an area read directly',
    [usedMap, flags, vreadSplit],
    {
      'vread-exact': holds(
        'a block is read through the page table, without used_map and without its lock, which ' +
          'is exact as long as nothing is unmapped meanwhile: found by this tool',
      ),
    },
  ),
  proposal('mail4-vread-off-by-one', `v2, ${vreadOffByOne.title}`, [...v2, vreadOffByOne], {
    'vread-exact': violated(vreadOffByOne.source),
  }),
  proposal('mail4-used-bit-late', `v2, ${usedBitLate.title}`, [...v2, usedBitLate], {
    'vread-exact': FIRST_PAGE,
  }),
  proposal('mail4-unlink-on-entry', 'remove_vm_area() unlinks the area it finds', [findUnlink]),
  proposal('mail4-bug-on', bugOn.title, [bugOn]),
  proposal('mail4-warn', warn.title, [warn]),
];
