import { expect } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { wrapWords } from '../../../src/report/words.ts';

/** What a command gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface World {
  readonly stdin?: string;
  readonly isTerminal?: boolean;
  /** Milliseconds that pass between two looks at the clock. */
  readonly tick?: number;
  readonly cwd?: string;
  /** The user wants to stop at once. */
  readonly isInterrupted?: boolean;
}

/** Runs the command line in this process, in a world of its own. */
export async function run(argv: readonly string[], world: World = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  let now = 0;
  const code = await main(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    readStdin: () => Promise.resolve(world.stdin ?? ''),
    isTerminal: world.isTerminal ?? false,
    now: () => {
      now += world.tick ?? 0;
      return now;
    },
    onInterrupt: (stop) => {
      if (world.isInterrupted) queueMicrotask(stop);
      return () => undefined;
    },
    cwd: world.cwd ?? process.cwd(),
  });
  return { code, stdout, stderr };
}

/**
 * The exit code, standard output and the one line of standard error of a command that is refused,
 * broken into lines that fit a test.
 */
export async function refusal(argv: readonly string[], world: World = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, world);
  expect(stderr).toMatch(/^vmapcheck: .*\n$/);
  return wrapWords(`${code} ${stdout.replace('\n', ' ')}${stderr.trimEnd()}`, 80).join('\n');
}
