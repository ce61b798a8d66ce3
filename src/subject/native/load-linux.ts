import { resolve } from 'node:path';
import { builtInPolicy, type LoadedPolicy } from '../load-policy.ts';
import { buildMachine } from './build.ts';
import { cacheRoot } from './cache.ts';
import { openTree, type Say } from './kernel-tree.ts';
import { NativeSubject } from './native-subject.ts';
import { readPatch } from './patches.ts';

/** The size of block that is built first: if that does not work, nothing will. */
const FIRST_BLOCK = { vmapBbmapBits: 4, vmapMaxAlloc: 2 };

/** What begins the name of a kernel tree where a policy is asked for. */
export const LINUX = 'linux:';

/**
 * The mm/vmalloc.c of a kernel tree or its tarball as a policy. `path`, `patches`: as the user
 * wrote them, relative to `cwd`; `say` is told what takes long. What it is expected to do is what
 * the built-in policy of its version is.
 * Throws a PolicyError for a path with no kernel or patch, a ToolchainError if it cannot be built.
 */
export function loadLinux(
  path: string,
  patches: readonly string[],
  cwd: string,
  say: Say,
): LoadedPolicy {
  const cache = cacheRoot(process.env);
  const read = patches.map((patch) => readPatch(patch, resolve(cwd, patch)));
  const tree = openTree(path, resolve(cwd, path), cache, say);
  const programFor = (vmapBbmapBits: number, vmapMaxAlloc: number): string =>
    buildMachine({ tree, patches: read, vmapBbmapBits, vmapMaxAlloc }, cache, say);
  programFor(FIRST_BLOCK.vmapBbmapBits, FIRST_BLOCK.vmapMaxAlloc);
  const name = `${LINUX}${path}`;
  const added = patches.map((patch) => ` with ${patch}`).join('');
  return {
    name,
    title: `mm/vmalloc.c of Linux ${tree.version}${added}`,
    expected: builtInPolicy(`v${tree.series}`).expected,
    subject: () => new NativeSubject(name, programFor),
  };
}
