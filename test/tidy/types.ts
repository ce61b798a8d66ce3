import { Visitor } from 'oxc-parser';
import { finding } from './rule.ts';
import type { Source } from './source.ts';

/** No `any`, and none of the ways around the compiler that have the same effect. */
export function typeEscapes(source: Source): string[] {
  const findings = source.comments
    .filter(({ value }) => /@ts-(ignore|expect-error|nocheck)/.test(value))
    .map(({ start }) => finding(source, start, 'silences the compiler'));
  new Visitor({
    TSAnyKeyword: (node) => findings.push(finding(source, node.start, 'any')),
    TSNonNullExpression: (node) => findings.push(finding(source, node.start, 'non-null !')),
    TSAsExpression(node) {
      if (node.expression.type === 'TSAsExpression') {
        findings.push(finding(source, node.start, 'a cast of a cast'));
      }
    },
  }).visit(source.program);
  return findings;
}
