import type { Policy } from '../../models/policies/policy.ts';
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

function violationLines({ expected }: Policy): string[] {
  const lines = Object.entries(expected)
    .filter(([, { verdict }]) => verdict === 'violated')
    .map(([name, { source }]) => `violates ${name}: ${source}`);
  return lines.length === 0 ? ['violates nothing'] : lines;
}
