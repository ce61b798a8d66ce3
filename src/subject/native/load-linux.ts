import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { builtInPolicy, type LoadedPolicy } from '../load-policy.ts';
import { buildMachine } from './build.ts';
import { cacheRoot } from './cache.ts';
import { openTree, type Say } from './kernel-tree.ts';
import { NativeSubject, type ProgramFor } from './native-subject.ts';
import { readPatch } from './patches.ts';

/** The size of block that is built first: if that does not work, nothing will. */
const FIRST_BLOCK = { vmapBbmapBits: 4, vmapMaxAlloc: 2 };

/** What begins the name of a kernel tree where a policy is asked for. */
const LINUX = 'linux:';
/** The same, with every load and store of the kernel's code as a scheduling point. */
const EVERY_ACCESS = 'linux-every-access:';

/** What a name of a kernel tree with patches is made of. */
export interface LinuxName {
  readonly path: string;
  readonly patches: readonly string[];
  readonly everyAccess: boolean;
}

/** Whether a name means the kernel's own C file. */
export function isLinux(name: string): boolean {
  return name.startsWith(LINUX) || name.startsWith(EVERY_ACCESS);
}

/** What stands before each patch in the name of a kernel with patches. */
const PLUS = '+';

/**
 * What a name of the form `linux:PATH+PATCH+PATCH` means. A path that has a plus in itself is taken
 * as it is if it is there.
 */
export function linuxParts(name: string, cwd: string): LinuxName {
  const everyAccess = name.startsWith(EVERY_ACCESS);
  const parts = name.slice(name.indexOf(':') + 1).split(PLUS);
  for (let length = parts.length; length > 0; length--) {
    const path = parts.slice(0, length).join(PLUS);
    if (!existsSync(resolve(cwd, path))) continue;
    return { path, patches: parts.slice(length), everyAccess };
  }
  const [path = '', ...patches] = parts;
  return { path, patches, everyAccess };
}

/**
 * The mm/vmalloc.c of a kernel tree or its tarball as a policy. Its path and its patches are as the
 * user wrote them, relative to `cwd`; `say` is told what takes long. What it is expected to do is
 * what the built-in policy of its version is.
 * Throws a PolicyError for a path with no kernel or patch, a ToolchainError if it cannot be built.
 */
export function loadLinux(
  { path, patches, everyAccess }: LinuxName,
  cwd: string,
  say: Say,
): LoadedPolicy {
  const cache = cacheRoot(process.env);
  const read = patches.map((patch) => readPatch(patch, resolve(cwd, patch)));
  const tree = openTree(path, resolve(cwd, path), cache, say);
  const programFor: ProgramFor = ({ vmapBbmapBits, vmapMaxAlloc }, watched) =>
    buildMachine({ tree, patches: read, vmapBbmapBits, vmapMaxAlloc, watched }, cache, say);
  programFor(FIRST_BLOCK, false);
  const name = [`${everyAccess ? EVERY_ACCESS : LINUX}${path}`, ...patches].join(PLUS);
  const added = patches.map((patch) => ` with ${patch}`).join('');
  const model = builtInPolicy(`v${tree.series}`);
  return {
    name,
    title: `mm/vmalloc.c of Linux ${tree.version}${added}`,
    expected: model.expected,
    expectedInterleaved: model.expectedInterleaved,
    base: null,
    subject: () => new NativeSubject(name, programFor, everyAccess),
  };
}
