import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { properties } from '../properties/index.ts';
import type { Property } from '../properties/property.ts';
import { explore } from '../src/explore/explore.ts';
import { followTurns } from '../src/explore/turns.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { preemptionsIn } from '../src/scenario/schedule.ts';
import { builtInPolicy } from '../src/subject/load-policy.ts';

const FOLDER = new URL('../scenarios/', import.meta.url);

interface Race {
  /** The policies that show it by the schedule of the file. */
  readonly seenOn: readonly string[];
  readonly detail: string;
  readonly preemptions: number;
  /** The policies that do not have it. */
  readonly notOn: readonly string[];
}

/** By file. */
const RACES: Readonly<Record<string, Race>> = {
  'race-1-dirty-block-between-lists': {
    seenOn: ['v5.4', 'v6.1', 'v6.4', 'v6.5', 'v6.9', 'v6.12'],
    detail:
      'vm_unmap_aliases returned, but page A, unmapped before it was called, may still be in ' +
      'the TLB of every CPU',
    preemptions: 1,
    notOn: ['exact'],
  },
  'race-2-shrinker-beside-a-purge': {
    seenOn: ['v6.9', 'v6.10'],
    detail: 'the pool of node 0 for areas of 2 pages holds 0, its len is -1',
    preemptions: 2,
    notOn: ['v6.12'],
  },
  'race-3-drain-request-dropped': {
    seenOn: ['v5.13'],
    detail: '2 pages are lazy, more than lazy_max_pages() = 0, and no drain is requested',
    preemptions: 1,
    notOn: ['v5.18', 'v6.12'],
  },
};

const cases = readdirSync(FOLDER)
  .filter((file) => /^race.*\.case$/.test(file))
  .map((file) => ({
    name: file.slice(0, -'.case'.length),
    one: parseCase(readFileSync(new URL(file, FOLDER), 'utf8')),
  }));

function propertyOf(name: string | null): Property {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) throw new Error(`no property ${name}`);
  return property;
}

describe('the races', () => {
  it('every file is in the table', () => {
    expect(cases.map(({ name }) => name)).toEqual(Object.keys(RACES));
  });

  it.each(cases)('$name is seen by its schedule', ({ name, one }) => {
    const race = RACES[name];
    for (const policy of race?.seenOn ?? []) {
      const subject = builtInPolicy(policy).subject();
      const { run, turns } = followTurns(subject, one.scenario, [propertyOf(one.property)]);
      expect(run.violations[0]?.detail, policy).toBe(race?.detail);
      expect(turns).toEqual(one.scenario.schedule);
      expect(preemptionsIn(turns)).toBe(race?.preemptions);
    }
  });

  it.each(cases)('$name is not seen with two preemptions where it is mended', ({ name, one }) => {
    const strategy = { kind: 'bounded', bound: 2 } as const;
    const options = { strategy, properties: [propertyOf(one.property)], limit: 20_000 };
    for (const policy of RACES[name]?.notOn ?? []) {
      const subject = builtInPolicy(policy).subject();
      expect(explore(subject, one.scenario, options).verdict, policy).toBe('holds');
    }
  });

  it('exact holds in the schedule of the first', () => {
    const [first] = cases;
    if (first === undefined) throw new Error('there is none');
    const subject = builtInPolicy('exact').subject();
    const property = propertyOf(first.one.property);
    expect(followTurns(subject, first.one.scenario, [property]).run.violations).toEqual([]);
  });
});
