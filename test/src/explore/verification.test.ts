import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NOTHING_VERIFIED,
  Verification,
  type VerifyProgress,
} from '../../../src/explore/verification.ts';
import type { Batch, BatchResult } from '../../../src/explore/verify-programs.ts';

/** What each program of a domain violates, and how many interleavings it has. */
type Programs = readonly { readonly violates: readonly string[]; readonly interleavings: number }[];

const PROPERTIES = ['p', 'q', 'r'];

/** As verifyPrograms does it, on programs that are made up. */
function exploreBatch(programs: Programs, { from, to, properties }: Batch): BatchResult {
  const covered = { interleavings: 0, redundant: 0, steps: 0 };
  for (let index = from; index < to; index++) {
    const program = programs[index];
    if (program === undefined) {
      return { ...covered, from, next: index, isEnd: true, cut: 0, violation: null };
    }
    covered.interleavings += program.interleavings;
    covered.steps += 2 * program.interleavings;
    const property = properties.find((name) => program.violates.includes(name));
    if (property !== undefined) {
      const violation = { property, program: index, schedule: [index] };
      return { ...covered, from, next: index, isEnd: false, cut: 0, violation };
    }
  }
  return { ...covered, from, next: to, isEnd: false, cut: 0, violation: null };
}

/** Lets `jobs` explore beside each other; `picks` say whose batch comes in next. */
function explored(
  programs: Programs,
  goesOn: boolean,
  { jobs, picks, before, until, batch }: Way,
): VerifyProgress {
  const verification = new Verification(PROPERTIES, goesOn, before, { until, batch });
  const out: Batch[] = [];
  for (let turn = 0; verification.canGoOn; turn++) {
    while (out.length < jobs) {
      const batch = verification.take();
      if (batch === null) break;
      out.push(batch);
    }
    const [batch] = out.splice((picks[turn % picks.length] ?? 0) % out.length, 1);
    if (batch === undefined) throw new Error('nothing is out, and it is not done');
    verification.give(batch, exploreBatch(programs, batch));
  }
  return verification.progress;
}

interface Way {
  readonly jobs: number;
  readonly picks: readonly number[];
  readonly before: VerifyProgress;
  readonly until: number;
  readonly batch: number;
}

const ALONE: Way = { jobs: 1, picks: [0], before: NOTHING_VERIFIED, until: 1_000, batch: 1 };

const anyPrograms = fc.array(
  fc.record({
    violates: fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(PROPERTIES) },
    ),
    interleavings: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 60 },
);
const anyPicks = fc.array(fc.nat(5), { minLength: 1, maxLength: 20 });

describe('a verification', () => {
  it('comes to the same however many explore, and whoever is ready first', () => {
    fc.assert(
      fc.property(
        anyPrograms,
        fc.boolean(),
        fc.integer({ min: 2, max: 5 }),
        anyPicks,
        (programs, goesOn, jobs, picks) => {
          const alone = explored(programs, goesOn, ALONE);
          expect(explored(programs, goesOn, { ...ALONE, jobs, picks, batch: 8 })).toEqual(alone);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('comes to the same when it is left and gone on with', () => {
    fc.assert(
      fc.property(anyPrograms, fc.boolean(), anyPicks, (programs, goesOn, parts) => {
        let before = NOTHING_VERIFIED;
        for (let part = 0; part <= 60; part++) {
          const until = before.next + 1 + (parts[part % parts.length] ?? 0);
          before = explored(programs, goesOn, { ...ALONE, jobs: 2, before, until, batch: 3 });
        }
        expect(before).toEqual(explored(programs, goesOn, ALONE));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('ends with the least program that violates, or has each property go at its own', () => {
    const programs = Array.from({ length: 40 }, (_, index) => ({
      violates: index === 17 ? ['q', 'r'] : index > 17 ? ['p', 'q'] : [],
      interleavings: 1,
    }));
    const first = explored(programs, false, { ...ALONE, jobs: 4, picks: [3, 1, 2], batch: 8 });
    expect(first.violations).toEqual([{ property: 'q', program: 17, schedule: [17] }]);
    expect([first.next, first.interleavings, first.isEnd]).toEqual([17, 18, false]);
    const all = explored(programs, true, { ...ALONE, jobs: 4, picks: [3, 1, 2], batch: 8 });
    expect(all.violations.map(({ property, program }) => [property, program])).toEqual([
      ['q', 17],
      ['r', 17],
      ['p', 18],
    ]);
  });
});
