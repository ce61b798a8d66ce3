import { Visitor } from 'oxc-parser';
import { finding, isTest } from './rule.ts';
import { linesOf, type Source, type TextFile } from './source.ts';

/** Work not done yet is an issue, not a comment. */
export function unfinished(file: TextFile): string[] {
  return matches(file, /\b(TO[D]O|FIX[M]E|XX[X])\b/, 'unfinished');
}

/** Paths that exist on somebody's machine only. */
export function privatePaths(file: TextFile): string[] {
  return matches(file, /(?<![\w.])\/(tmp|work)\/|\.\.\/shared/, 'a path of one machine');
}

function matches(file: TextFile, pattern: RegExp, message: string): string[] {
  return linesOf(file.text).flatMap((line, index) =>
    pattern.test(line) ? [`${file.path}:${index + 1}: ${message}: ${line.trim()}`] : [],
  );
}

/** Only the command line and the benchmarks talk to people. */
export function consoleCalls(source: Source): string[] {
  if (/^(src\/cli|bench)\//.test(source.path)) return [];
  const findings: string[] = [];
  new Visitor({
    MemberExpression(node) {
      if (node.object.type === 'Identifier' && node.object.name === 'console') {
        findings.push(finding(source, node.start, 'console'));
      }
    },
  }).visit(source.program);
  return findings;
}

const RUNNERS = new Set(['describe', 'it', 'test']);
const SWITCHES = new Set(['only', 'skip']);

/** Every test runs, each time. */
export function switchedTests(source: Source): string[] {
  if (!isTest(source.path)) return [];
  const findings: string[] = [];
  new Visitor({
    MemberExpression(node) {
      const { object, property } = node;
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      if (RUNNERS.has(object.name) && SWITCHES.has(property.name)) {
        findings.push(finding(source, node.start, `${object.name}.${property.name}`));
      }
    },
  }).visit(source.program);
  return findings;
}
