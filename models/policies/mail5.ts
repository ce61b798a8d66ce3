import { fillRace } from './mail5-fill-race.ts';
import { halfZone } from './mail5-half-zone.ts';
import { zoneByCpu } from './mail5-zone-by-cpu.ts';
import { disabled, zones } from './mail5-zones.ts';
import type { Expectation, Patch, Policy } from './policy.ts';
import { v6_5 } from './v6.5.ts';

const withZones: Readonly<Record<string, Expectation>> = {
  'vread-exact': {
    verdict: 'violated',
    source:
      'Uladzislau Rezki, 22 May 2023: the series "does not support vread() functionality yet"; ' +
      "it reads CPU 0's zone only",
  },
  'no-spurious-failure': {
    verdict: 'violated',
    source:
      '__purge_vmap_area_lazy() calls drop_cpu_vmap_cache() only if something was lazy: with ' +
      'nothing lazy the CPUs keep what they prefetched: read in patch 8/9, found by this tool',
  },
  'object-lifetime': {
    verdict: 'violated',
    source:
      'addr_to_cpu() takes a number modulo num_possible_cpus() for a CPU, as v6.4 does ' +
      '(a34acf30b19b): read in patch 4/9, found by this tool',
  },
  'first-fit': {
    verdict: 'violated',
    source: 'Uladzislau Rezki, 22 May 2023: each CPU takes pages from what it has prefetched',
  },
};

function onV65(patch: Patch, expected: Readonly<Record<string, Expectation>> = withZones): Policy {
  return {
    name: patch.name,
    title: `v6.5 + ${patch.title}`,
    source: patch.source,
    patches: [...v6_5.patches, patch],
    expected: { ...v6_5.expected, ...expected },
    expectedInterleaved: v6_5.expectedInterleaved,
  };
}

/** The series of mail 5, what was asked about it, and what its comments say. */
export const mail5: readonly Policy[] = [
  onV65(zones),
  onV65(zoneByCpu),
  onV65(fillRace),
  onV65(halfZone),
  onV65(disabled, {}),
];
