import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FULL_BLOCK_CASE } from './counterexample-text.ts';
import { run } from './fake-io.ts';

const PROGRAM = fileURLToPath(new URL('../../../src/cli/vmapcheck.js', import.meta.url));
const EXAMPLE = new URL('../../../models/policies/candidate-example.ts', import.meta.url);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the real command in a process of its own, far from the repository. */
function spawned(args: readonly string[], input = '') {
  const options = { cwd: directory, input, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], options);
  return { code: status, stdout, stderr };
}

it('does in a process of its own what it does in this one', async () => {
  const inside = await run(['replay', '-'], { stdin: FULL_BLOCK_CASE });
  expect(spawned(['replay', '-'], FULL_BLOCK_CASE)).toEqual(inside);
  expect(inside.code).toBe(1);
});

it('exits with 64 and one line when called wrongly', () => {
  expect(spawned(['check', 'v6.55'])).toEqual({
    code: 64,
    stdout: '',
    stderr: 'vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?\n',
  });
});

it('checks a copy of the example from anywhere on disk', () => {
  copyFileSync(EXAMPLE, join(directory, 'mine.ts'));
  const argv = ['check', 'mine.ts', '--property', 'no-stale-alias', '--runs', '100'];
  const { code, stdout, stderr } = spawned(argv);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^mine\.ts \(mm\/vmalloc: purge blocks/);
});

it('names the line of the file in which a candidate fails', () => {
  const body = '\n\n*vm_unmap_aliases() { this.nope(); }';
  const apply = `(Base: any) => class extends Base { ${body} }`;
  writeFileSync(
    join(directory, 'fails.ts'),
    `export default { base: 'v6.5', title: 'x', apply: ${apply} };`,
  );
  expect(spawned(['check', 'fails.ts']).stderr).toBe(
    'vmapcheck: fails.ts: vm_unmap_aliases() fails: ' +
      'TypeError: this.nope is not a function (line 3)\n',
  );
});

it('says so when a candidate never finishes loading, or ends the process', () => {
  for (const text of ['await new Promise(() => {});', 'process.exit(0);']) {
    writeFileSync(join(directory, 'ends.ts'), `${text}\nexport default {};`);
    expect(spawned(['check', 'ends.ts'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'vmapcheck: cannot tell: ended while the policy was being loaded or run\n',
    });
  }
});
