import { type CallExpression, Visitor } from 'oxc-parser';
import { finding, isTest } from './rule.ts';
import type { Source } from './source.ts';

/** Name of `object.property`, or '' for everything else. */
function memberName(node: CallExpression['callee']): string {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return '';
  return node.property.type === 'Identifier' ? `${node.object.name}.${node.property.name}` : '';
}

const CLOCKS = new Set(['Math.random', 'Date.now', 'performance.now', 'process.hrtime']);

/** Chance and time come in through src/cli only, so that a run can be repeated. */
export function clocks(source: Source): string[] {
  if (source.path.startsWith('src/cli/')) return [];
  const findings: string[] = [];
  const inBench = source.path.startsWith('bench/');
  new Visitor({
    MemberExpression(node) {
      const name = memberName(node);
      if (!CLOCKS.has(name) || (inBench && name === 'performance.now')) return;
      findings.push(finding(source, node.start, name));
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date') {
        findings.push(finding(source, node.start, 'new Date'));
      }
    },
  }).visit(source.program);
  return findings;
}

const SEEDED = new Set(['fc.assert', 'fc.check', 'fc.sample']);

/** A test that failed once fails again: whatever draws values in a test is given a seed. */
export function seeds(source: Source): string[] {
  if (!isTest(source.path)) return [];
  const findings: string[] = [];
  new Visitor({
    CallExpression(node) {
      const name = memberName(node.callee);
      if (SEEDED.has(name) && !hasSeed(node)) {
        findings.push(finding(source, node.start, `${name} without a seed`));
      }
    },
  }).visit(source.program);
  return findings;
}

function hasSeed(call: CallExpression): boolean {
  const parameters = call.arguments[1];
  if (parameters?.type !== 'ObjectExpression') return parameters?.type === 'Identifier';
  return parameters.properties.some(
    (property) =>
      property.type === 'SpreadElement' ||
      (property.key.type === 'Identifier' && property.key.name === 'seed'),
  );
}

/** Test files share their worker's modules, so a module keeps no state of its own. */
export function moduleState(source: Source): string[] {
  if (isTest(source.path) || source.path.startsWith('bench/')) return [];
  const findings: string[] = [];
  for (const statement of source.program.body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'VariableDeclaration' && declaration.kind !== 'const') {
      findings.push(finding(source, declaration.start, 'a variable of the module'));
    }
  }
  new Visitor({
    CallExpression(node) {
      if (memberName(node.callee) === 'fc.configureGlobal') {
        findings.push(finding(source, node.start, 'fc.configureGlobal'));
      }
    },
  }).visit(source.program);
  return findings;
}
