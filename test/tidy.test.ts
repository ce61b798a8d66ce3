import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clocks, moduleState, seeds } from './tidy/determinism.ts';
import { docstrings } from './tidy/docstrings.ts';
import { floors, knownFolder } from './tidy/floors.ts';
import { consoleCalls, privatePaths, switchedTests, unfinished } from './tidy/leftovers.ts';
import { missingFromLockfile } from './tidy/lockfile.ts';
import type { CodeRule, TextRule } from './tidy/rule.ts';
import { fileLength, functionLength, lineLength, referenceLength } from './tidy/size.ts';
import { ignored, isCode, parseSource, projectFiles } from './tidy/source.ts';
import { typeEscapes } from './tidy/types.ts';

/** The house rules. Each is proved to bite by the snippets below before it is believed. */
const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  knownFolder,
  floors,
  fileLength,
  lineLength,
  functionLength,
  typeEscapes,
  clocks,
  seeds,
  moduleState,
  consoleCalls,
  switchedTests,
  docstrings,
};
const TEXT_RULES: Readonly<Record<string, TextRule>> = { unfinished, privatePaths };

type Snippet = readonly [rule: string, path: string, text: string];

const block = (lines: number): string => `{\n${'  step();\n'.repeat(lines)}}`;

const BAD: readonly Snippet[] = [
  ['knownFolder', 'models/misc.ts', ''],
  ['knownFolder', 'src/util/list.ts', ''],
  ['knownFolder', 'index.ts', ''],
  ['floors', 'models/reference/ledger.ts', `import { v } from '../kernel/vread.ts';`],
  ['floors', 'models/reference/ledger.ts', `import type { V } from '../policies/v6.1.ts';`],
  ['floors', 'models/kernel/vread.ts', `export { v } from '../policies/v6.1.ts';`],
  ['floors', 'models/kernel/vread.ts', `export * from '../../src/subject/port.ts';`],
  ['floors', 'properties/first-fit.ts', `const v = await import('../src/explore/random.ts');`],
  ['floors', 'src/report/mail.ts', `type V = import('../cli/main.ts').V;`],
  ['floors', 'properties/first-fit.ts', `import { v } from './every-policy.test.ts';`],
  ['floors', 'src/cli/main.ts', `import { v } from '../../bench/main.ts';`],
  ['floors', 'src/cli/main.ts', `import { v } from '../util/list.ts';`],
  ['fileLength', 'src/cli/main.ts', 'step();\n'.repeat(401)],
  ['lineLength', 'src/cli/main.ts', `// ${'x'.repeat(98)}`],
  ['functionLength', 'src/cli/main.ts', `function f() ${block(69)}`],
  ['functionLength', 'src/cli/main.ts', `const f = () => ${block(69)};`],
  ['functionLength', 'src/cli/main.ts', `class A { *f() ${block(69)} }`],
  ['functionLength', 'test/a.test.ts', `describe('a', () => { it('b', () => ${block(69)}); });`],
  [
    'functionLength',
    'models/policies/a.ts',
    `const p = (B) => class extends B { f() ${block(69)} };`,
  ],
  ['typeEscapes', 'test/a.test.ts', 'let a: any;'],
  ['typeEscapes', 'test/a.test.ts', 'const a = b as unknown as C;'],
  ['typeEscapes', 'test/a.test.ts', 'const a = b!.c;'],
  ['typeEscapes', 'test/a.test.ts', '// @ts-expect-error\nf();'],
  ['clocks', 'src/explore/random.ts', 'const n = Math.random();'],
  ['clocks', 'test/a.test.ts', 'const n = Date.now();'],
  ['clocks', 'test/a.test.ts', 'const n = performance.now();'],
  ['clocks', 'bench/main.ts', 'const d = new Date();'],
  ['seeds', 'test/a.test.ts', 'fc.assert(fc.property(a, b));'],
  ['seeds', 'properties/a.test.ts', 'fc.assert(fc.property(a, b), { numRuns: 9 });'],
  ['seeds', 'test/a.test.ts', 'fc.sample(a, 10);'],
  ['moduleState', 'models/kernel/vread.ts', 'let calls = 0;'],
  ['moduleState', 'models/kernel/vread.ts', 'export let calls = 0;'],
  ['moduleState', 'src/scenario/machine.ts', 'fc.configureGlobal({ seed: 1 });'],
  ['consoleCalls', 'src/report/mail.ts', 'console.log(1);'],
  ['switchedTests', 'test/a.test.ts', `it.only('a', b);`],
  ['switchedTests', 'properties/a.test.ts', `describe.skip('a', b);`],
  ['docstrings', 'models/kernel/vread.ts', 'export function vread() {}'],
  ['docstrings', 'models/kernel/vread.ts', 'export function* vread() {}'],
  ['docstrings', 'models/kernel/vread.ts', '// Reads.\nexport const vread = () => 0;'],
  ['docstrings', 'models/kernel/vread.ts', '/** Reads. */\nconst n = 1;\nexport function f() {}'],
  ['docstrings', 'src/cli/main.ts', 'function f() {}\nexport { f };'],
  ['docstrings', 'models/policies/a.ts', 'export default () => 0;'],
  ['unfinished', 'README.md', `to do: ${'TO'}DO`],
  ['unfinished', 'src/cli/main.ts', `// ${'FIX'}ME later`],
  ['privatePaths', 'README.md', `see ${'/t'}mp/notes`],
  ['privatePaths', 'CONTRIBUTING.md', `see ../${'sha'}red/design.md`],
];

/** What looks like a violation and is none: a rule that cries wolf is switched off soon. */
const GOOD: readonly Snippet[] = [
  ['knownFolder', 'vitest.config.ts', ''],
  ['floors', 'models/policies/v6.1.ts', `import { v } from '../kernel/vread.ts';`],
  ['floors', 'src/scenario/run.ts', `import type { S } from '../subject/port.ts';`],
  ['floors', 'src/explore/random.ts', `import { p } from '../../properties/first-fit.ts';`],
  ['floors', 'properties/every-policy.test.ts', `import { main } from '../src/cli/main.ts';`],
  ['floors', 'src/cli/main.ts', `import fc from 'fast-check';`],
  ['fileLength', 'src/cli/main.ts', 'step();\n'.repeat(400)],
  ['lineLength', 'src/cli/main.ts', `// ${'x'.repeat(97)}`],
  ['functionLength', 'src/cli/main.ts', `function f() ${block(68)}`],
  ['functionLength', 'test/a.test.ts', `describe('a', () => ${block(99)});`],
  [
    'functionLength',
    'models/policies/a.ts',
    `const p = (B) => class extends B {\n${`f() ${block(40)}\n`.repeat(3)}};`,
  ],
  ['typeEscapes', 'src/cli/main.ts', `/* any */ const any = 'as any';`],
  ['clocks', 'src/cli/clock.ts', 'export const clock = () => Date.now();'],
  ['clocks', 'bench/main.ts', 'const start = performance.now();'],
  ['clocks', 'src/explore/random.ts', '// not Math.random()'],
  ['seeds', 'test/a.test.ts', 'fc.assert(fc.property(a, b), { seed: 1 });'],
  ['seeds', 'test/a.test.ts', 'fc.assert(fc.property(a, b), parameters);'],
  ['moduleState', 'models/kernel/vread.ts', 'function f() { let calls = 0; }'],
  ['consoleCalls', 'src/cli/main.ts', 'console.log(1);'],
  ['switchedTests', 'test/a.test.ts', `it('a', () => { policy.skip(); });`],
  ['docstrings', 'models/kernel/vread.ts', '/** Reads. */\nexport function vread() {}'],
  ['docstrings', 'models/kernel/vread.ts', 'function helper() {}'],
  ['docstrings', 'properties/a.ts', 'export function a() {}'],
  ['unfinished', 'README.md', 'a todo list'],
  ['privatePaths', 'README.md', 'models/kernel/tmp/work/a.ts'],
];

function check(rule: string, path: string, text: string): string[] {
  const file = { path, text };
  const textRule = TEXT_RULES[rule];
  if (textRule !== undefined) return textRule(file);
  const codeRule = CODE_RULES[rule];
  if (codeRule === undefined) throw new Error(`no rule is called ${rule}`);
  return codeRule(parseSource(file));
}

describe('the rules bite', () => {
  it.each(BAD)('%s in %s', (rule, path, text) => {
    expect(check(rule, path, text), text).not.toEqual([]);
  });

  it.each(Object.keys({ ...CODE_RULES, ...TEXT_RULES }))('%s has a bad snippet', (rule) => {
    expect(BAD.map(([name]) => name)).toContain(rule);
  });

  it('referenceLength counts all files of the reference', () => {
    const part = { path: 'models/reference/ledger.ts', text: 'a\n'.repeat(250) };
    expect(referenceLength([part, part])).not.toEqual([]);
    expect(referenceLength([part])).toEqual([]);
  });

  it('missingFromLockfile sees a platform left out', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } } };
    expect(missingFromLockfile(JSON.stringify({ packages }))).not.toEqual([]);
    const complete = { ...packages, 'node_modules/a-linux': {} };
    expect(missingFromLockfile(JSON.stringify({ packages: complete }))).toEqual([]);
  });
});

describe('the rules do not cry wolf', () => {
  it.each(GOOD)('%s in %s', (rule, path, text) => {
    expect(check(rule, path, text), text).toEqual([]);
  });
});

describe('the project keeps its rules', () => {
  const root = new URL('..', import.meta.url);
  const files = projectFiles(fileURLToPath(root));
  const sources = files.filter(isCode).map(parseSource);

  it('all files are found', () => {
    const paths = sources.map(({ path }) => path);
    expect(paths).toContain('test/tidy.test.ts');
    expect(paths).toContain('models/hardware/machine.ts');
  });

  it('ignored files are left out', () => {
    const isIgnored = ignored('node_modules/\n*.log\n/native/build/\n');
    const paths = ['a/node_modules', 'a/b.log', 'native/build', 'native/build.ts', 'b.login'];
    expect(paths.filter(isIgnored)).toEqual(['a/node_modules', 'a/b.log', 'native/build']);
  });

  it.each(Object.entries(CODE_RULES))('%s', (_name, rule) => {
    expect(sources.flatMap(rule)).toEqual([]);
  });

  it.each(Object.entries(TEXT_RULES))('%s', (_name, rule) => {
    expect(files.flatMap(rule)).toEqual([]);
  });

  it('referenceLength', () => {
    expect(referenceLength(files)).toEqual([]);
  });

  it('missingFromLockfile', () => {
    const lockfile = readFileSync(new URL('package-lock.json', root), 'utf8');
    expect(missingFromLockfile(lockfile)).toEqual([]);
  });
});
