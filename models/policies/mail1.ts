import { exact } from './exact.ts';
import { age } from './mail1-age.ts';
import { freeThreshold } from './mail1-free-threshold.ts';
import { holdFlush } from './mail1-hold-flush.ts';
import { perArea } from './mail1-per-area.ts';
import { resetDirty } from './mail1-reset-dirty.ts';
import { resetPermsAlone } from './mail1-reset-perms-alone.ts';
import { skipBlocks } from './mail1-skip-blocks.ts';
import type { Expectation, Patch, Policy } from './policy.ts';
import { v6_4 } from './v6.4.ts';
import { v6_5 } from './v6.5.ts';

/** A proposal of mail 1 on a released kernel, and what it changes about the verdicts there. */
function proposal(
  base: Policy,
  patch: Patch,
  changes: Readonly<Record<string, Expectation>> = {},
): Policy {
  return {
    name: patch.name,
    title: `${base.name} + ${patch.title}`,
    source: patch.source,
    patches: [...base.patches, patch],
    expected: { ...base.expected, ...changes },
    expectedInterleaved: base.expectedInterleaved,
  };
}

const holds = (source: string): Expectation => ({ verdict: 'holds', source });
const violated = (source: string): Expectation => ({ verdict: 'violated', source });

const NOT_COLLECTED =
  'the region that makes a block all dirty is in no dirty range that anybody collects, for the ' +
  'block leaves the index: read in the v6.12 source of vb_free(), found by this tool';

/**
 * The designs argued over on 19 May 2023, each by itself. On v6.4, the kernel of that day, where
 * the proposal changes something of it; on v6.5 where it takes for granted what the series of six
 * brought, so that what goes wrong is its own doing.
 */
export const mail1: readonly Policy[] = [
  proposal(v6_4, resetDirty),
  proposal(v6_4, freeThreshold, {
    'no-premature-purge': holds('mail 1: what the threshold is for'),
  }),
  proposal(v6_4, resetPermsAlone),
  proposal(v6_5, skipBlocks, {
    'no-stale-alias': violated(NOT_COLLECTED),
    'flush-before-reuse': violated(NOT_COLLECTED),
  }),
  proposal(v6_5, holdFlush, {
    'no-stale-alias': violated(
      'Baoquan He, 19 May 2023 (mail 1): "there\'s still TLB existing. Not very sure about that"',
    ),
  }),
  proposal(v6_5, perArea),
  proposal(v6_5, age, {
    'no-premature-purge': violated('mail 1: an age check is to recycle blocks with free space'),
  }),
  exact,
];
