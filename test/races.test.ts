import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noStaleAlias } from '../properties/no-stale-alias.ts';
import { explore } from '../src/explore/explore.ts';
import { followTurns } from '../src/explore/turns.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { preemptionsIn } from '../src/scenario/schedule.ts';
import { builtInPolicy } from '../src/subject/load-policy.ts';

const FOLDER = new URL('../scenarios/', import.meta.url);

/** The races, and the policies they are to be seen on; on `exact` none of them is. */
const SEEN_ON: Readonly<Record<string, readonly string[]>> = {
  'race-1-dirty-block-between-lists': ['v5.4', 'v6.1', 'v6.4', 'v6.5', 'v6.9', 'v6.12'],
};

const cases = readdirSync(FOLDER)
  .filter((file) => /^race.*\.case$/.test(file))
  .map((file) => ({
    name: file.slice(0, -'.case'.length),
    one: parseCase(readFileSync(new URL(file, FOLDER), 'utf8')),
  }));

describe('the races', () => {
  it('every file is in the table', () => {
    expect(cases.map(({ name }) => name)).toEqual(Object.keys(SEEN_ON));
  });

  it.each(cases)('$name is seen by its schedule, with one preemption', ({ name, one }) => {
    expect(one.property).toBe(noStaleAlias.name);
    for (const policy of SEEN_ON[name] ?? []) {
      const subject = builtInPolicy(policy).subject();
      const { run, turns } = followTurns(subject, one.scenario, [noStaleAlias]);
      expect(run.violations[0]?.detail, policy).toBe(
        'vm_unmap_aliases returned, but page A, unmapped before it was called, may still be in ' +
          'the TLB of every CPU',
      );
      expect(turns).toEqual(one.scenario.schedule);
      expect(preemptionsIn(turns)).toBe(1);
    }
  });

  it.each(cases)(
    '$name: exact holds in its schedule, and in any with two preemptions',
    ({ one }) => {
      const subject = builtInPolicy('exact').subject();
      expect(followTurns(subject, one.scenario, [noStaleAlias]).run.violations).toEqual([]);
      const strategy = { kind: 'bounded', bound: 2 } as const;
      const options = { strategy, properties: [noStaleAlias], limit: 20_000 };
      expect(explore(subject, one.scenario, options).verdict).toBe('holds');
    },
  );
});
