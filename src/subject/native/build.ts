import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, keptFolder } from './cache.ts';
import { type Compiler, compile, dependenciesOf, findCompiler } from './compiler.ts';
import { STAND_INS } from './headers.ts';
import type { KernelTree, Say } from './kernel-tree.ts';
import { applyPatches, type PatchFile, patchedFiles } from './patches.ts';

/** What to build. */
export interface BuildRequest {
  readonly tree: KernelTree;
  readonly patches: readonly PatchFile[];
  /** VMAP_BBMAP_BITS and VMAP_MAX_ALLOC, in pages; constants in C. */
  readonly vmapBbmapBits: number;
  readonly vmapMaxAlloc: number;
  /** Whether every load and store of the kernel's code is seen, for calls that run as tasks. */
  readonly watched: boolean;
}

const NATIVE = fileURLToPath(new URL('../../../native/', import.meta.url));

// -O1: the program waits for requests most of the time, and compiles in two thirds of the time.
const KERNEL_FLAGS = [
  '-std=gnu11',
  '-O1',
  '-fno-pie',
  // As in the kernel's own Makefile: what is no C by the standard is C there.
  '-fno-strict-aliasing',
  '-fno-delete-null-pointer-checks',
  '-fwrapv',
  '-ffreestanding',
  '-nostdinc',
  '-Werror=implicit-function-declaration',
  '-Werror=int-conversion',
  '-Werror=incompatible-pointer-types',
  '-D__KERNEL__',
];
/** With these the code calls native/machine/touch.c; libtsan has no part in it. */
const WATCHED_FLAGS = ['-O2', '-fsanitize=thread', '-g'];
const MACHINE_FLAGS = ['-std=gnu11', '-O2', '-fno-pie', '-U_FORTIFY_SOURCE'];

/** The kernel's own sources that are linked in besides mm/vmalloc.c. */
const KERNEL_LIBRARY = ['lib/rbtree.c', 'lib/xarray.c', 'lib/llist.c'];

/** Files that are compiled away from their folder, so that native/kernel comes first in it. */
const MOVED = ['mm/vmalloc.c', 'mm/pgalloc-track.h', 'lib/radix-tree.h'];

/** Properties of an mm/vmalloc.c that the shims ask for, and the lines that show them. */
const FEATURES: readonly (readonly [macro: string, shownBy: RegExp])[] = [
  ['SIM_HAS_NODES', /struct vmap_node \{/],
  ['SIM_HAS_VREAD_ITER', /^long vread_iter\(/m],
  ['SIM_HAS_INDEX_PER_CPU', /^\tstruct xarray vmap_blocks;/m],
  ['SIM_HAS_BLOCK_CPU', /struct vmap_block \{[^}]*unsigned int cpu;/],
];

/**
 * The program that runs mm/vmalloc.c of a tree, with patches, for one size of block. Three parts
 * are kept in `cache`: the machine, the kernel's library, and the program made of them and
 * mm/vmalloc.c, which alone depends on the size. `say` is told what takes long.
 * Throws a ToolchainError: no compiler, a patch that does not apply, the compiler's first error.
 */
export function buildMachine(request: BuildRequest, cache: string, say: Say): string {
  const { tree, vmapBbmapBits } = request;
  const compiler = findCompiler(process.env);
  const kept = join(cache, 'builds');
  const announce = (): void =>
    say(`building mm/vmalloc.c of Linux ${tree.version} for blocks of ${vmapBbmapBits} pages`);
  try {
    // The library first: it is where a patch that does not apply and a wrong tree show.
    const library = keptFolder(kept, libraryKey(compiler, request), (folder) => {
      announce();
      return compileLibrary(compiler, request, folder);
    });
    const machine = keptFolder(kept, machineKey(compiler), (folder) => {
      announce();
      return compileMachine(compiler, folder);
    });
    const key = programKey(compiler, request, [machine, library]);
    const program = keptFolder(kept, key, (folder) => {
      announce();
      return linkProgram(compiler, request, [machine, library], folder);
    });
    return join(program, 'machine');
  } finally {
    say(null);
  }
}

function machineKey({ version }: Compiler): string {
  return hashOf(['machine', version, ...MACHINE_FLAGS, ...nativeTexts('machine')]);
}

/** Compiles native/machine; all it is made of is in the key. */
function compileMachine(compiler: Compiler, folder: string): string[] {
  for (const source of sourcesOf('machine')) {
    const object = join(folder, objectOf(source));
    const flags = [...MACHINE_FLAGS, `-I${NATIVE}`];
    compile(compiler, [...flags, '-c', join(NATIVE, source), '-o', object], []);
  }
  return [];
}

function libraryKey({ version }: Compiler, { tree, patches, watched }: BuildRequest): string {
  const isTouched = patchedFiles(patches).some((file) => !file.startsWith('mm/'));
  const texts = isTouched ? patches.map(({ text }) => text) : [];
  return hashOf(['library', version, ...kernelTexts(), tree.path, `${watched}`, ...texts]);
}

function compileLibrary(compiler: Compiler, request: BuildRequest, folder: string): string[] {
  const files = prepareSources(request, folder);
  const used = KERNEL_LIBRARY.map((file) =>
    compileKernel(compiler, files.pathOf(file), [], request, folder),
  );
  return fromTree(used.flat(), folder);
}

function programKey(
  { version }: Compiler,
  { tree, patches, vmapBbmapBits, vmapMaxAlloc }: BuildRequest,
  parts: readonly string[],
): string {
  const texts = patches.map(({ text }) => text);
  const features = FEATURES.map(([macro, shownBy]) => `${macro} ${shownBy}`);
  const size = `${vmapBbmapBits} ${vmapMaxAlloc}`;
  const made = [tree.path, ...texts, size, ...parts.map((part) => basename(part))];
  return hashOf(['program', version, ...kernelTexts(), ...features, ...made]);
}

function linkProgram(
  compiler: Compiler,
  request: BuildRequest,
  parts: readonly string[],
  folder: string,
): string[] {
  const { tree, vmapBbmapBits, vmapMaxAlloc } = request;
  const { pathOf } = prepareSources(request, folder);
  const source = readFileSync(join(folder, 'mm/vmalloc.c'), 'utf8');
  const macros = [
    ...FEATURES.filter(([, shownBy]) => shownBy.test(source)).map(([macro]) => macro),
    `SIM_VMAP_BBMAP_BITS=${vmapBbmapBits}`,
    `SIM_VMAP_MAX_ALLOC=${vmapMaxAlloc}`,
  ];
  const glue = join(NATIVE, 'kernel/glue.c');
  const used = compileKernel(compiler, glue, macros, request, folder);
  const objects = [folder, ...parts].flatMap((part) =>
    readdirSync(part)
      .filter((file) => file.endsWith('.o'))
      .map((file) => join(part, file)),
  );
  compile(compiler, ['-no-pie', ...objects, '-o', join(folder, 'machine')], [folder, tree.path]);
  return fromTree([...used, ...MOVED.map(pathOf)], folder);
}

/**
 * Puts the files of the tree that patches change, the stand-ins for headers and the files that are
 * moved into a folder.
 */
function prepareSources({ tree, patches }: BuildRequest, folder: string) {
  const patched = join(folder, 'patched');
  mkdirSync(patched);
  applyPatches(tree.path, patches, patched);
  const pathOf = (file: string): string => {
    const own = join(patched, file);
    return existsSync(own) ? own : join(tree.path, file);
  };
  for (const [header, instead] of Object.entries(STAND_INS)) {
    const path = join(folder, 'stand-ins', header);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, instead === null ? '' : `#include <${instead}>\n`);
  }
  mkdirSync(join(folder, 'mm'));
  for (const file of MOVED) {
    if (!existsSync(pathOf(file))) continue;
    writeFileSync(join(folder, 'mm', basename(file)), readFileSync(pathOf(file)));
  }
  return { pathOf };
}

/** Compiles a file against the kernel's headers and the shims; returns what it includes. */
function compileKernel(
  compiler: Compiler,
  source: string,
  macros: readonly string[],
  { tree, watched }: BuildRequest,
  folder: string,
): string[] {
  const trees = [join(folder, 'patched'), tree.path];
  const object = join(folder, objectOf(source));
  const flags = [
    ...KERNEL_FLAGS,
    ...(watched ? WATCHED_FLAGS : []),
    ...macros.map((macro) => `-D${macro}`),
    `-I${NATIVE}`,
    `-I${join(NATIVE, 'include')}`,
    `-I${join(folder, 'stand-ins')}`,
    ...trees.flatMap((path) => [`-I${path}/include`, `-I${path}/include/uapi`]),
    ...['-iquote', join(NATIVE, 'kernel'), '-iquote', join(folder, 'mm')],
    ...['-include', 'linux/kconfig.h', '-include', 'linux/compiler_types.h'],
  ];
  compile(compiler, [...flags, '-MD', '-c', source, '-o', object], [folder, tree.path]);
  return dependenciesOf(object.replace(/\.o$/, '.d'));
}

/** The files that are the tree's own: neither in the folder that is made nor in native/. */
function fromTree(files: readonly string[], folder: string): string[] {
  const unique = new Set(files.filter((file) => existsSync(file)));
  return [...unique].filter((file) => !file.startsWith(folder) && !file.startsWith(NATIVE));
}

function objectOf(source: string): string {
  return `${basename(source, '.c')}.o`;
}

/** What every object of the kernel side is made with. */
function kernelTexts(): string[] {
  const settings = JSON.stringify([KERNEL_FLAGS, WATCHED_FLAGS, KERNEL_LIBRARY, MOVED, STAND_INS]);
  return [settings, ...nativeTexts('kernel'), ...nativeTexts('include')];
}

/** The files of a folder of native/, and the headers beside the folders: names and contents. */
function nativeTexts(folder: string): string[] {
  const files = readdirSync(NATIVE, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter((file) => /\.[ch]$/.test(file))
    .filter((file) => file.startsWith(`${folder}/`) || !file.includes('/'))
    .flatMap((file) => [file, readFileSync(join(NATIVE, file), 'utf8')]);
}

/** The C files of a folder of native/. */
function sourcesOf(folder: string): string[] {
  const files = readdirSync(join(NATIVE, folder)).filter((file) => file.endsWith('.c'));
  return files.map((file) => `${folder}/${file}`);
}
