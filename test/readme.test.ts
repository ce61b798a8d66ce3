import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from './src/cli/fake-io.ts';

const README = readFileSync('README.md', 'utf8');
/** What stands in the README between two lines of three backticks. */
const BLOCKS = [...README.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text = '']) => text);

/** The only block that begins like this. */
function blockFrom(beginning: string): string {
  const [block, ...others] = BLOCKS.filter((text) => text.trimStart().startsWith(beginning));
  expect(others).toEqual([]);
  if (block === undefined) throw new Error(`no block begins with ${beginning}`);
  return block;
}

it('shows its first counterexample as replay and check tell it', async () => {
  const block = blockFrom('vmapcheck case 1\n');
  const { code, stdout } = await run(['replay', '-'], { stdin: block });
  expect([code, stdout]).toEqual([1, `The case on v6.4: still violated\n\n${block}`]);
  const checked = await run(['check', 'v6.4', '--property', 'no-stale-alias', '--runs', '100']);
  expect(checked.stdout).toContain(block);
});

it('shows the race as replay tells it', async () => {
  const race = 'scenarios/race-1-dirty-block-between-lists.case';
  const { stdout } = await run(['replay', race, '--policy', 'v6.12']);
  expect(stdout).toContain(blockFrom('task 0 on cpu0'));
});

it('shows rows of what policies and compare print', async () => {
  const policies = await run(['policies']);
  const names = ['v6.4', 'v6.5', 'mail1-per-area', 'exact'];
  const compared = await run(['compare', ...names, '--workload', 'excessive-flush']);
  for (const [block, { stdout }] of [
    [blockFrom('ns fb lm'), policies],
    [blockFrom('v6.4     v6.5'), compared],
  ] as const) {
    const lines = stdout.split('\n');
    for (const line of block.trimEnd().split('\n')) expect(lines).toContain(line);
  }
});

it('shows where v6.4 and v6.5 part as replay tells it', async () => {
  const part = BLOCKS.find((text) => text.startsWith('v6.4 and v6.5 part')) ?? 'nothing';
  const { stdout } = await run(['replay', '-', '--policy', 'v6.5'], { stdin: README });
  expect(stdout).toContain(`\n\n${part}\n`);
});
