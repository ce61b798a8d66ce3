import { rfc3of3 } from './mail2-rfc-3of3.ts';
import type { Expectation, Policy } from './policy.ts';
import { v6_1 } from './v6.1.ts';

const stillViolated = (what: string): Expectation => ({
  verdict: 'violated',
  source: `Thomas Gleixner's answer to it, 19 May 2023 (mail 1): ${what}`,
});

/** What mail 2 proposes, on v6.1: it orders the steps anew, and leaves each of them as it was. */
export const mail2: readonly Policy[] = [
  {
    name: rfc3of3.name,
    title: `v6.1 + ${rfc3of3.title}`,
    source: rfc3of3.source,
    patches: [...v6_1.patches, rfc3of3],
    expected: {
      ...v6_1.expected,
      'no-stale-alias': stillViolated('for fully utilized blocks it "does obviously not matter"'),
      'flushed-exactly-once': stillViolated('"this flushes the same range over and over"'),
      'flush-exact': stillViolated('"will ask to flush 1002 pages instead of 4"'),
      'no-premature-purge': stillViolated('"This clearly lacks a free space check"'),
    },
    expectedInterleaved: v6_1.expectedInterleaved,
  },
];
