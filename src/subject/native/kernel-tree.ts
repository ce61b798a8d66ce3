import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyError } from '../policy-error.ts';
import { hashOfFile, madeOnce, makeFolder } from './cache.ts';
import { runTool } from './run-tool.ts';
import { ToolchainError } from './toolchain-error.ts';

/** Is told what takes long as it begins, and null when it is over. */
export type Say = (text: string | null) => void;

/** A kernel tree, or what is needed of one. */
export interface KernelTree {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Version and patch level, such as `6.1`. */
  readonly series: string;
  /** With the sublevel, such as `6.1.192`. */
  readonly version: string;
}

/** The versions whose mm/vmalloc.c the shims in native/ are known to serve. */
const KNOWN_SERIES: readonly string[] = ['6.1', '6.12'];

/** What is needed of a tree, relative to its top. */
const NEEDED = [
  'Makefile',
  'include/asm-generic',
  'include/linux',
  'include/uapi/asm-generic',
  'include/uapi/linux',
  'include/vdso',
  'lib/llist.c',
  'lib/radix-tree.h',
  'lib/rbtree.c',
  'lib/xarray.c',
  'mm/pgalloc-track.h',
  'mm/vmalloc.c',
];

/**
 * The kernel tree at a path: a folder, or a tarball, of which what is needed is extracted into
 * `cache` once. `name`: the path as the user wrote it; `say` is told what takes long.
 * Throws a PolicyError if there is no kernel at the path, a ToolchainError if it cannot be used.
 */
export function openTree(name: string, path: string, cache: string, say: Say): KernelTree {
  const found = readable(name, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) throw new PolicyError(`linux:${name}: no such file or folder`);
  if (found.isDirectory()) return treeAt(name, path);
  if (!/\.tar(\.\w+)?$/.test(path)) {
    throw new PolicyError(`linux:${name}: is neither a kernel tree nor the tarball of one`);
  }
  const hash = readable(name, () => hashOfFile(path));
  const extracted = join(cache, 'trees', hash);
  const find = (): string | undefined => (existsSync(extracted) ? extracted : undefined);
  madeOnce(extracted, find, () => {
    say(`extracting ${name}`);
    try {
      return makeFolder(extracted, (draft) => extract(name, path, draft));
    } finally {
      say(null);
    }
  });
  return treeAt(name, extracted);
}

/** What reading something gave. Throws a PolicyError that names it if that cannot be read. */
function readable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new PolicyError(`linux:${name}: cannot be read: ${problem}`);
  }
}

/** What tar says if a member is not there: other versions have other members, which is no error. */
const HARMLESS = /: Not found in archive$|Exiting with failure status|Ignoring unknown/;

function extract(name: string, path: string, to: string): void {
  const members = NEEDED.map((member) => `*/${member}`);
  const options = ['--strip-components=1', '--wildcards', '--no-wildcards-match-slash'];
  const { status, stderr } = runTool('tar', ['-xf', path, '-C', to, ...options, ...members], 'tar');
  const problem = stderr.split('\n').find((line) => line.trim() !== '' && !HARMLESS.test(line));
  if (status !== 0 && problem !== undefined) {
    const missing = /: (\S+): Cannot exec: No such file/.exec(problem)?.[1];
    if (missing !== undefined) {
      const hint = missing === 'xz' ? 'xz-utils' : missing;
      throw new ToolchainError(`${missing}: is not installed; Debian has it in ${hint}`);
    }
    if (/No space left|Cannot (?:write|open|mkdir)/.test(problem)) {
      throw new ToolchainError(`cannot extract ${name}: ${problem}`);
    }
    throw new PolicyError(`linux:${name}: is damaged, or no tarball: ${problem}`);
  }
  if (!existsSync(join(to, 'mm/vmalloc.c'))) {
    throw new PolicyError(`linux:${name}: has no kernel tree: no member mm/vmalloc.c`);
  }
}

function treeAt(name: string, path: string): KernelTree {
  const makefile = join(path, 'Makefile');
  if (!existsSync(makefile) || !existsSync(join(path, 'mm/vmalloc.c'))) {
    throw new PolicyError(`linux:${name}: is no kernel tree: it lacks mm/vmalloc.c or Makefile`);
  }
  const text = readable(name, () => readFileSync(makefile, 'utf8'));
  const [version, level, sublevel] = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(
    (key) => new RegExp(`^${key} = (\\d+)$`, 'm').exec(text)?.[1],
  );
  if (version === undefined || level === undefined) {
    throw new PolicyError(`linux:${name}: its Makefile names no kernel version`);
  }
  const series = `${version}.${level}`;
  if (!KNOWN_SERIES.includes(series)) {
    const known = KNOWN_SERIES.map((one) => `linux-source-${one}`).join(' and ');
    throw new ToolchainError(`linux:${name}: is Linux ${series}; known are Debian's ${known}`);
  }
  return { path, series, version: `${series}.${sublevel ?? '0'}` };
}
