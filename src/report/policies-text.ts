import type { Policy } from '../../models/policies/policy.ts';
import { tableText } from './table.ts';

const COLUMNS = 100;

/** The policies, a row each: what they are, and which properties they are expected to violate. */
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
      [
        policy.title,
        `source: ${policy.source}`,
        `violates: ${expectedViolations(policy).join(', ') || 'nothing'}`,
      ].join('\n'),
    ]),
    COLUMNS,
  );
}

/** The names of the properties a policy is expected to violate. */
export function expectedViolations({ expected }: Policy): string[] {
  return Object.keys(expected).filter((name) => expected[name]?.verdict === 'violated');
}
