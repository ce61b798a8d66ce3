import type { Expectation, Policy } from '../../models/policies/policy.ts';
import { tableText } from './table.ts';

const COLUMNS = 100;

/** Policies in full: what they are, and what each is expected to violate, with who says so. */
export function policiesText(policies: readonly Policy[]): string {
  return tableText(
    [
      { title: 'policy' },
      { title: 'patches', align: 'right' },
      { title: 'title, source, and what it is expected to violate' },
    ],
    policies.map((policy) => [
      policy.name,
      `${policy.patches.length}`,
      [policy.title, `source: ${policy.source}`, ...violationLines(policy)].join('\n'),
    ]),
    COLUMNS,
  );
}

function violationLines({ expected, expectedInterleaved }: Policy): string[] {
  const alone = violationsIn(expected);
  const lines = [
    ...alone.map(([name, { source }]) => `violates ${name}: ${source}`),
    ...violationsIn(expectedInterleaved)
      .filter(([name]) => alone.every(([other]) => other !== name))
      .map(([name, { source }]) => `violates ${name} between tasks: ${source}`),
  ];
  return lines.length === 0 ? ['violates nothing'] : lines;
}

function violationsIn(expected: Policy['expected']): [string, Expectation][] {
  return Object.entries(expected).filter(([, { verdict }]) => verdict === 'violated');
}
