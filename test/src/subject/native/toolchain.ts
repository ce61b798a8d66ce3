import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

/** Where Debian's linux-source-6.1 and linux-source-6.12 put their tarballs, unless it is said. */
const SOURCES = process.env.VMAPCHECK_LINUX_SOURCES ?? '/usr/src';

/** The tarball of a kernel series, such as `6.1`. */
export function tarball(series: string): string {
  return join(SOURCES, `linux-source-${series}.tar.xz`);
}

/** Skips the test, and says why, where the C file of these series cannot be built. */
export function needKernels({ skip, task }: TestContext, ...series: readonly string[]): void {
  const tools = ['gcc', 'patch', 'tar', 'xz'].filter((tool) => !runs(tool));
  const sources = series.map(tarball).filter((path) => !existsSync(path));
  const missing = [...tools, ...sources];
  if (missing.length === 0) return;
  const note = `lacks ${missing.join(', ')}`;
  const name = [task.suite?.name, task.name].filter((part) => part !== undefined).join(', ');
  process.stderr.write(`not run, ${note}: ${name}\n`);
  skip(note);
}

function runs(tool: string): boolean {
  return spawnSync(tool, ['--version']).error === undefined;
}
