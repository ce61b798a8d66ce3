import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hashIfReadable, hashOf, makeFolder } from './cache.ts';
import { STAND_INS } from './headers.ts';
import type { KernelTree, Say } from './kernel-tree.ts';
import { applyPatches, type PatchFile } from './patches.ts';
import { firstLine, runTool } from './run-tool.ts';
import { ToolchainError } from './toolchain-error.ts';

/** What to build. */
export interface BuildRequest {
  readonly tree: KernelTree;
  readonly patches: readonly PatchFile[];
  /** VMAP_BBMAP_BITS and VMAP_MAX_ALLOC, in pages; constants in C. */
  readonly vmapBbmapBits: number;
  readonly vmapMaxAlloc: number;
}

const NATIVE = fileURLToPath(new URL('../../../native/', import.meta.url));

const KERNEL_FLAGS = [
  '-std=gnu11',
  '-O2',
  '-fno-pie',
  '-fno-strict-aliasing',
  '-fwrapv',
  '-ffreestanding',
  '-nostdinc',
  '-w',
  '-Werror=implicit-function-declaration',
  '-Werror=int-conversion',
  '-Werror=incompatible-pointer-types',
  '-D__KERNEL__',
];
const MACHINE_FLAGS = ['-std=gnu11', '-O2', '-fno-pie', '-no-pie', '-U_FORTIFY_SOURCE'];

/** The kernel's own sources that are linked in besides mm/vmalloc.c. */
const KERNEL_LIBRARY = ['lib/rbtree.c', 'lib/xarray.c', 'lib/llist.c'];

/** Properties of an mm/vmalloc.c that the shims ask for, and the lines that show them. */
const FEATURES: readonly (readonly [macro: string, shownBy: RegExp])[] = [
  ['SIM_HAS_NODES', /struct vmap_node \{/],
  ['SIM_HAS_VREAD_ITER', /^long vread_iter\(/m],
  ['SIM_HAS_INDEX_PER_CPU', /^\tstruct xarray vmap_blocks;/m],
  ['SIM_HAS_BLOCK_CPU', /struct vmap_block \{[^}]*unsigned int cpu;/],
];

const manifestSchema = z.record(z.string(), z.string());

/**
 * The program that runs mm/vmalloc.c of a tree, with patches, for one size of block; built unless
 * `cache` has it already. `say` is told what takes long.
 * Throws a ToolchainError: no compiler, a patch that does not apply, the compiler's first error.
 */
export function buildMachine(request: BuildRequest, cache: string, say: Say): string {
  const { tree, patches, vmapBbmapBits, vmapMaxAlloc } = request;
  const compiler = findCompiler();
  const key = hashOf([
    compiler.version,
    ...nativeFiles().flatMap((file) => [file, readFileSync(join(NATIVE, file), 'utf8')]),
    JSON.stringify([KERNEL_FLAGS, MACHINE_FLAGS, KERNEL_LIBRARY, STAND_INS]),
    FEATURES.map(([macro, shownBy]) => `${macro} ${shownBy}`).join('\n'),
    tree.path,
    ...patches.map(({ text }) => text),
    `${vmapBbmapBits} ${vmapMaxAlloc}`,
  ]);
  const folder = join(cache, 'builds', key);
  const program = join(folder, 'machine');
  if (isUpToDate(folder)) return program;
  rmSync(folder, { recursive: true, force: true });
  say(`building mm/vmalloc.c of Linux ${tree.version} for blocks of ${vmapBbmapBits} pages`);
  try {
    makeFolder(folder, (draft) => build(request, compiler.program, draft));
  } finally {
    say(null);
  }
  return program;
}

function build(request: BuildRequest, compiler: string, folder: string): void {
  const { tree, patches } = request;
  const patched = join(folder, 'patched');
  mkdirSync(patched);
  applyPatches(tree.path, patches, patched);
  const pathOf = (file: string): string => {
    const own = join(patched, file);
    return existsSync(own) ? own : join(tree.path, file);
  };
  writeStandIns(join(folder, 'stand-ins'));
  // Away from its folder: `#include "internal.h"` is to find the shim, not the file beside it.
  const mm = join(folder, 'mm');
  mkdirSync(mm);
  for (const file of ['mm/vmalloc.c', 'mm/pgalloc-track.h', 'lib/radix-tree.h']) {
    if (existsSync(pathOf(file))) {
      writeFileSync(join(mm, basename(file)), readFileSync(pathOf(file)));
    }
  }
  const flags = kernelFlags(request, folder);
  const sources = [join(NATIVE, 'kernel/glue.c'), ...KERNEL_LIBRARY.map(pathOf)];
  const used = new Set(['mm/vmalloc.c', 'mm/pgalloc-track.h', ...KERNEL_LIBRARY].map(pathOf));
  const objects = sources.map((source) => {
    const object = join(folder, `${basename(source, '.c')}.o`);
    compile(compiler, [...flags, '-MD', '-c', source, '-o', object], folder, tree.path);
    for (const file of dependenciesOf(object.replace(/\.o$/, '.d'))) {
      if (!file.startsWith(folder) && !file.startsWith(NATIVE)) used.add(file);
    }
    return object;
  });
  const machine = readdirSync(join(NATIVE, 'machine')).filter((file) => file.endsWith('.c'));
  compile(
    compiler,
    [
      ...MACHINE_FLAGS,
      `-I${NATIVE}`,
      ...machine.map((file) => join(NATIVE, 'machine', file)),
      ...objects,
      '-o',
      join(folder, 'machine'),
    ],
    folder,
    tree.path,
  );
  const manifest = Object.fromEntries(
    [...used]
      .filter((file) => !file.startsWith(folder))
      .map((file) => [file, hashIfReadable(file) ?? '']),
  );
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 1));
}

function kernelFlags(
  { vmapBbmapBits, vmapMaxAlloc, tree }: BuildRequest,
  folder: string,
): string[] {
  const source = readFileSync(join(folder, 'mm/vmalloc.c'), 'utf8');
  const trees = [join(folder, 'patched'), tree.path];
  return [
    ...KERNEL_FLAGS,
    ...FEATURES.filter(([, shownBy]) => shownBy.test(source)).map(([macro]) => `-D${macro}`),
    `-DSIM_VMAP_BBMAP_BITS=${vmapBbmapBits}`,
    `-DSIM_VMAP_MAX_ALLOC=${vmapMaxAlloc}`,
    `-I${NATIVE}`,
    `-I${join(NATIVE, 'include')}`,
    `-I${join(folder, 'stand-ins')}`,
    ...trees.flatMap((path) => [`-I${path}/include`, `-I${path}/include/uapi`]),
    ...['-iquote', join(NATIVE, 'kernel'), '-iquote', join(folder, 'mm')],
    ...['-include', 'linux/kconfig.h', '-include', 'linux/compiler_types.h'],
  ];
}

function compile(compiler: string, args: readonly string[], folder: string, tree: string): void {
  const { status, stderr } = runTool(compiler, args, 'the package gcc');
  if (status === 0) return;
  const error = stderr.split('\n').find((line) => /error|undefined reference/.test(line));
  const text = (error ?? firstLine(stderr)).replaceAll(`${folder}/`, '').replaceAll(`${tree}/`, '');
  throw new ToolchainError(`${compiler}: ${text}`);
}

function writeStandIns(folder: string): void {
  for (const [header, instead] of Object.entries(STAND_INS)) {
    const path = join(folder, header);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, instead === null ? '' : `#include <${instead}>\n`);
  }
}

/** The files a Makefile rule of `cc -MD` names after its target. */
function dependenciesOf(rule: string): string[] {
  return readFileSync(rule, 'utf8')
    .replaceAll('\\\n', ' ')
    .replace(/^[^:]*:/, '')
    .split(/\s+/)
    .filter((file) => file !== '');
}

/** Whether a build is complete and every file of the tree it was made from is still the same. */
function isUpToDate(folder: string): boolean {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) return false;
  const manifest = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!manifest.success) return false;
  return Object.entries(manifest.data).every(([file, hash]) => hashIfReadable(file) === hash);
}

function nativeFiles(): string[] {
  return readdirSync(NATIVE, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[ch]$/.test(file))
    .sort();
}

interface Compiler {
  readonly program: string;
  readonly version: string;
}

function findCompiler(): Compiler {
  const problems: ToolchainError[] = [];
  for (const program of ['gcc', 'clang']) {
    try {
      return { program, version: firstLine(runTool(program, ['--version'], 'gcc').stdout) };
    } catch (error) {
      if (!(error instanceof ToolchainError)) throw error;
      problems.push(error);
    }
  }
  throw problems[0] ?? new ToolchainError('there is no C compiler');
}
