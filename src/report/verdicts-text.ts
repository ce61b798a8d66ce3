import type { Expectation, Policy } from '../../models/policies/policy.ts';
import type { Property } from '../../properties/property.ts';
import { wrapWords } from './words.ts';

const COLUMNS = 100;

/** Where an expectation comes from, by one letter. */
const MARKS = {
  c: 'a commit says so',
  m: 'a mail or a review says so',
  t: 'found by this tool, then read in the source',
} as const;

export type Mark = keyof typeof MARKS;

/** The letter for the source of an expectation. */
export function markOf({ source }: Expectation): Mark {
  if (source.includes('found by this tool')) return 't';
  return /^[0-9a-f]{12}\b/.test(source) ? 'c' : 'm';
}

/** Two letters for each property: of its first words, told apart where they are equal. */
export function codesOf(properties: readonly Property[]): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name } of properties) {
    const [first = '', second = ''] = name.split('-');
    const candidates = [...second, ...first.slice(1)].map((letter) => `${first[0]}${letter}`);
    const code = candidates.find((one) => !taken.has(one)) ?? name;
    taken.add(code);
    codes.set(name, code);
  }
  return codes;
}

/**
 * The expected verdicts: policies down, properties across. A dot: holds. A letter: violated, and
 * where that is known from.
 */
export function verdictsText(policies: readonly Policy[], properties: readonly Property[]): string {
  const codes = codesOf(properties);
  const width = Math.max(...policies.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)} ${cells.map((cell) => cell.padStart(3)).join('')}`.trimEnd();
  const rows = policies.map(({ name, expected }) =>
    line(
      name,
      properties.map((property) => {
        const expectation = expected[property.name];
        return expectation?.verdict === 'violated' ? markOf(expectation) : '.';
      }),
    ),
  );
  const legend = (kind: Property['kind']): string =>
    properties
      .filter((property) => property.kind === kind)
      .map(({ name }) => `${codes.get(name)} ${name}`)
      .join(', ');
  return [
    line(
      '',
      properties.map(({ name }) => codes.get(name) ?? ''),
    ),
    ...rows,
    '',
    ...wrapWords(
      `.: holds. A letter: violated. ${Object.entries(MARKS)
        .map(([mark, words]) => `${mark}: ${words}`)
        .join('; ')}.`,
      COLUMNS,
      2,
    ),
    ...wrapWords(`Safety: ${legend('safety')}.`, COLUMNS, 2),
    ...wrapWords(`Economy: ${legend('economy')}.`, COLUMNS, 2),
    'Each is confirmed by npm test, in both directions. "vmapcheck policies NAME" tells more.',
    '',
  ].join('\n');
}
