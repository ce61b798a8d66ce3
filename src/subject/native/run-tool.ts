import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { ToolchainError } from './toolchain-error.ts';

/** What a tool printed may be at most, in bytes. */
const MOST_OUTPUT = 2 ** 26;

/**
 * Runs a program and waits for it, its messages in English. `input` is its standard input.
 * Throws a ToolchainError that says what to install if there is no such program.
 */
export function runTool(
  program: string,
  args: readonly string[],
  toInstall: string,
  input = '',
): SpawnSyncReturns<string> {
  const env = { ...process.env, LC_ALL: 'C' };
  const result = spawnSync(program, args, { encoding: 'utf8', env, input, maxBuffer: MOST_OUTPUT });
  if (result.error === undefined) return result;
  const isMissing = 'code' in result.error && result.error.code === 'ENOENT';
  const hint = isMissing ? `is not installed; Debian has it in ${toInstall}` : result.error.message;
  throw new ToolchainError(`${program}: ${hint}`);
}

/** The first line of a text that is not empty, trimmed. */
export function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}
