import { expect, it } from 'vitest';
import { Oracle, type Preemptions, Search } from '../../../src/minimize/search.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { listing, scenarioOf, TINY } from './scenarios.ts';

const TWO = scenarioOf(TINY, 'run_work();shrink()');
const ONE = scenarioOf(TINY, 'shrink()');
const OTHER = scenarioOf(TINY, 'run_work()');

/** A search from TWO on, and what it asks. */
function searchFrom(answer: (text: string, preemptions: Preemptions) => boolean) {
  const asked: string[] = [];
  const stillViolates = (scenario: Scenario, preemptions: Preemptions): boolean => {
    const text = listing(scenario).join(' ');
    asked.push(`${text}: ${preemptions}`);
    return answer(text, preemptions);
  };
  return { asked, search: new Search(TWO, new Oracle(stillViolates, 100)) };
}

it('asks once about a scenario, for as many preemptions', () => {
  const { asked, search } = searchFrom(() => false);
  for (let n = 0; n < 2; n++) {
    expect(search.attempt(ONE)).toBe(false);
    expect(search.attempt(ONE, 'any')).toBe(false);
  }
  expect(asked).toEqual(['shrink(): no more', 'shrink(): any']);
});

it('asks anew once the simplest takes another number of preemptions', () => {
  const { asked, search } = searchFrom((_, preemptions) => preemptions === 'any');
  expect(search.attempt(OTHER)).toBe(false);
  expect(search.attempt(ONE, 'any')).toBe(true);
  search.attempt(OTHER);
  expect(asked).toEqual(['run_work(): no more', 'shrink(): any', 'run_work(): no more']);
});

it('goes on with what is not simpler for fewer preemptions only', () => {
  const reordered = scenarioOf(TINY, 'shrink();run_work()');
  const { asked, search } = searchFrom(() => true);
  expect(search.attempt(reordered)).toBe(false);
  expect(search.attempt(reordered, 'any')).toBe(false);
  expect(asked).toEqual([]);
  expect(search.attempt(reordered, 'fewer')).toBe(true);
  expect(search.current).toBe(reordered);
});
