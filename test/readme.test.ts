import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from './src/cli/fake-io.ts';

const README = readFileSync('README.md', 'utf8');
/** What stands in the README between two lines of three backticks. */
const BLOCKS = [...README.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text = '']) => text);

it('shows its first counterexample as replay tells it', async () => {
  const block = BLOCKS.find((text) => text.startsWith('vmapcheck case 1\n')) ?? '';
  const { code, stdout } = await run(['replay', '-'], { stdin: block });
  expect([code, stdout]).toEqual([1, `The case on v6.4: still violated\n\n${block}`]);
});

it('shows where v6.4 and v6.5 part as replay tells it', async () => {
  const part = BLOCKS.find((text) => text.startsWith('v6.4 and v6.5 part')) ?? 'nothing';
  const { stdout } = await run(['replay', '-', '--policy', 'v6.5'], { stdin: README });
  expect(stdout).toContain(`\n\n${part}\n`);
});
