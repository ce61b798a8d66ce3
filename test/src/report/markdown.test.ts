import { expect, it } from 'vitest';
import { markdownText } from '../../../src/report/markdown.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { raceCase, savedCase, toldOn } from './told-cases.ts';

it('tells a sequential case as a table', async () => {
  const text = markdownText(savedCase('no-stale-alias', 'v6.4'));
  await expect(text).toMatchFileSnapshot('mail/no-stale-alias--v6.4.md');
});

it('tells a race in columns', async () => {
  await expect(markdownText(toldOn(raceCase(), 'v6.12'))).toMatchFileSnapshot('mail/race.md');
});

it('holds the case itself, to be copied out', () => {
  const told = savedCase('no-stale-alias', 'v6.4');
  expect(parseCase(markdownText(told))).toEqual(told.one);
});
