import { describe, expect, it } from 'vitest';
import { concurrentBugs } from './concurrent.ts';
import { sequentialBugs } from './sequential.ts';
import { isReached, qualityOf } from './tally.ts';

/** Bugs that take little time; `npm run quality` has all of them, from 100 seeds each. */
const QUICK = [
  'v6.4 no-premature-purge',
  'v6.4 vread-exact',
  'left-rest-forgotten',
  'pool-not-counted',
  'direct-map-hull-one-page-late',
  'unlocked-twice',
  'drain-request-lost',
  'next-fit',
  'vread takes the lock of a node',
];
const SEEDS = 3;

const bugs = [...sequentialBugs, ...concurrentBugs];
const quick = bugs.filter(({ name, property }) =>
  QUICK.some((text) => `${name} ${property}`.includes(text)),
);

describe('violations of a bug come down to one that is certified', () => {
  it('each of them is there', () => expect(quick).toHaveLength(QUICK.length));

  it.each(quick)(`$property: $name, from ${SEEDS} seeds`, (bug) => {
    const quality = qualityOf(bug, SEEDS);
    expect(quality).toMatchObject({ atLeast: SEEDS, asShort: SEEDS });
    expect(isReached(quality)).toBe(true);
  });

  it('which does not follow from the passes alone', () => {
    const bug = quick.find(({ name }) => name === 'next-fit');
    if (bug === undefined) throw new Error('no bug');
    const quality = qualityOf(bug, 4, { budget: 0 });
    expect(quality.atLeast).toBeLessThan(4);
    expect(isReached(quality)).toBe(false);
  });
});
