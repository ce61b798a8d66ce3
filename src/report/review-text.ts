import { basename } from 'node:path';
import { type Change, changes, type Pair, type Review } from '../review/review.ts';
import { KEY_FIGURES } from './compare-text.ts';
import { tableText } from './table.ts';
import { counted, grouped, wrapWords } from './words.ts';

/** A review goes into a mail. */
const COLUMNS = 72;

/** What was asked for, as the report says it. */
export interface Asked {
  readonly runs: number;
  readonly seed: number;
}

type Rows = readonly (readonly string[])[];

/** What sets a candidate apart from its base: the verdicts, saved cases and costs that differ. */
export function reviewText(review: Review, { runs, seed }: Asked): string {
  const { base, candidate, saved, costs } = review;
  const scenarios = `${grouped(runs)} scenarios each, seed ${seed}`;
  return [
    ...wrapWords(`${candidate.name} against ${base.name}`, COLUMNS, 2),
    ...wrapWords(`  ${candidate.title}`, COLUMNS, 2),
    '',
    section(`One task at a time, ${scenarios}:`, review, verdictRows(review), ['property', 'kind']),
    section('Programs of two tasks, interleaved:', review, betweenRows(review), ['property']),
    ...unfinishedLines(review),
    section(
      `${counted(saved.length, 'saved counterexample')}, replayed on both:`,
      review,
      savedRows(review),
      ['property', 'cases'],
    ),
    section(`Costs of ${counted(costs.length, 'workload')}:`, review, costRows(review), [
      'workload',
      'figure',
    ]),
    ...conclusion(review),
    '',
  ].join('\n');
}

function section(title: string, { base, candidate }: Review, rows: Rows, keys: string[]): string {
  if (rows.length === 0) return `${title}\n  no difference\n`;
  const names = [base, candidate].map(({ name }) => basename(name));
  const titles = [...keys, ...names].map((title) => ({ title }));
  return `${title}\n\n${tableText(titles, rows, COLUMNS)}`;
}

/** A row for each property on which the verdicts differ. */
function verdictRows({ verdicts }: Review): Rows {
  return verdicts
    .filter(({ base, candidate }) => base !== candidate)
    .map(({ property: { name, kind }, base, candidate }) => [
      name,
      kind,
      verdictText(base),
      verdictText(candidate),
    ]);
}

function verdictText(isViolated: boolean): string {
  return isViolated ? 'violated' : 'holds';
}

function betweenRows({ betweenTasks }: Review): Rows {
  const names = (side: keyof Pair<unknown>): string[] =>
    betweenTasks[side].violated.map(({ property }) => property.name);
  const [base, candidate] = [names('base'), names('candidate')];
  return [...new Set([...base, ...candidate])]
    .filter((name) => base.includes(name) !== candidate.includes(name))
    .map((name) => [name, verdictText(base.includes(name)), verdictText(candidate.includes(name))]);
}

/** Programs that take more interleavings than were run. */
function unfinishedLines({ base, candidate, betweenTasks }: Review): string[] {
  return [
    { name: base.name, ...betweenTasks.base },
    { name: candidate.name, ...betweenTasks.candidate },
  ]
    .filter(({ unfinished }) => unfinished.length > 0)
    .flatMap(({ name, unfinished }) =>
      wrapWords(`Not finished on ${name}: ${unfinished.join('; ')}.\n`, COLUMNS, 2),
    );
}

/** How many saved cases of each property the two differ on, and which way. */
function savedRows({ saved }: Review): Rows {
  const rows = new Map<string, { verdicts: readonly string[]; count: number }>();
  for (const { property, base, candidate } of saved) {
    if (base === candidate) continue;
    const verdicts = [base, candidate].map(verdictText);
    const row = rows.get(`${property} ${base}`) ?? { verdicts, count: 0 };
    rows.set(`${property} ${base}`, { verdicts, count: row.count + 1 });
  }
  return [...rows].map(([key, { verdicts, count }]) => {
    return [key.replace(/ .*/, ''), `${count}`, ...verdicts];
  });
}

/** The figures that differ. */
function costRows({ costs }: Review): Rows {
  return costs.flatMap(({ workload, base, candidate }) =>
    KEY_FIGURES.filter(({ cell }) => cell(base) !== cell(candidate)).map(({ title, cell }) => [
      workload.name,
      title,
      cell(base),
      cell(candidate),
    ]),
  );
}

function conclusion(review: Review): string[] {
  const { worse, better } = changes(review);
  if (worse.length + better.length === 0) return ['The verdicts are the same.'];
  const none = worse.length === 0 ? ['Nothing is violated that was not before.'] : [];
  return [...none, ...changeLines('Worse', worse), ...changeLines('Better', better)];
}

/** Each property once, with where it changed. */
function changeLines(title: string, some: readonly Change[]): string[] {
  if (some.length === 0) return [];
  const names = [...new Set(some.map(({ property }) => property))].map((name) => {
    const places = some.filter(({ property }) => property === name).map(({ place }) => place);
    return `${name} (${places.join(', ')})`;
  });
  return wrapWords(`${title}: ${names.join('; ')}.`, COLUMNS, 2);
}
