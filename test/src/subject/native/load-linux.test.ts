import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linuxParts } from '../../../../src/subject/native/load-linux.ts';
import { refusal, run } from '../../cli/fake-io.ts';
import { needKernels } from './toolchain.ts';

let folder: string;
const before = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'));
  process.env.VMAPCHECK_CACHE = join(folder, 'cache');
  delete process.env.CC;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const name of ['PATH', 'VMAPCHECK_CACHE', 'CC']) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** Makes something that looks like a kernel tree, in the folder `linux`. */
function makeTree(level: number, source = '#error "no kernel"\n'): void {
  const tree = join(folder, 'linux');
  for (const part of ['mm', 'include/linux']) mkdirSync(join(tree, part), { recursive: true });
  writeFileSync(join(tree, 'Makefile'), `VERSION = 6\nPATCHLEVEL = ${level}\nSUBLEVEL = 7\n`);
  writeFileSync(join(tree, 'mm/vmalloc.c'), source);
}

/** Makes a tarball of the tree. */
function makeTarball(): string {
  const path = join(folder, 'linux.tar.xz');
  expect(spawnSync('tar', ['-cJf', path, '-C', folder, 'linux']).status).toBe(0);
  return path;
}

/** From now on these programs are all there are. */
function onlyPrograms(...names: readonly string[]): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of names) {
    const path = (before.PATH ?? '').split(':').map((part) => join(part, name));
    symlinkSync(path.find((one) => existsSync(one)) ?? name, join(bin, name));
  }
  process.env.PATH = bin;
}

const check = (...args: readonly string[]) =>
  refusal(['check', 'linux:linux', ...args], { cwd: folder });
const checkTarball = () => refusal(['check', 'linux:linux.tar.xz'], { cwd: folder });

/** What the cache holds, whole or not. */
function cached(part: string): string[] {
  const path = join(folder, 'cache', part);
  return existsSync(path) ? readdirSync(path) : [];
}

describe('a kernel that cannot be had is one line', () => {
  it('no such path', async () => {
    expect(await check()).toBe('64 vmapcheck: linux:linux: no such file or folder');
  });

  it('no kernel tree', async () => {
    mkdirSync(join(folder, 'linux'));
    expect(await check()).toMatch(/^64 vmapcheck: linux:linux: is no kernel tree: it lacks/);
  });

  it('no tarball', async () => {
    writeFileSync(join(folder, 'linux'), 'hello');
    expect(await check()).toMatch(/^64 vmapcheck: linux:linux: is neither a kernel tree nor/);
  });

  it('a tarball of something else', async (context) => {
    needKernels(context);
    mkdirSync(join(folder, 'linux'));
    writeFileSync(join(folder, 'linux/README'), 'hello');
    makeTarball();
    expect(await checkTarball()).toMatch(/^64 vmapcheck: linux:linux.tar.xz: has no kernel tree/);
    expect(cached('trees')).toEqual([]);
  });

  it('a damaged tarball', async (context) => {
    needKernels(context);
    makeTree(12);
    const path = makeTarball();
    writeFileSync(path, readFileSync(path).subarray(0, -40));
    expect(await checkTarball()).toMatch(/^64 vmapcheck: linux:linux.tar.xz: is damaged/);
    expect(cached('trees')).toEqual([]);
  });

  it('a version nobody knows', async () => {
    makeTree(99);
    expect(await check()).toMatch(/^2 vmapcheck: cannot tell: linux:linux: is Linux 6.99; known/);
  });

  it('a patch for something else', async () => {
    expect(await refusal(['check', 'v6.1', '--patch', 'a.patch'])).toBe(
      '64 vmapcheck: --patch goes with linux:PATH only, not with "v6.1"',
    );
  });
});

describe('what is not installed is said in one line', () => {
  it('a compiler', async () => {
    makeTree(1);
    process.env.PATH = folder;
    expect(await check()).toBe(
      '2 vmapcheck: cannot tell: gcc: is not installed; Debian has it in gcc',
    );
    process.env.CC = 'tcc';
    expect(await check()).toMatch(/^2 vmapcheck: cannot tell: tcc: is not installed/);
  });

  it('xz', async (context) => {
    needKernels(context);
    makeTree(12);
    makeTarball();
    onlyPrograms('tar');
    expect(await checkTarball()).toBe(
      '2 vmapcheck: cannot tell: xz: is not installed; Debian has it in xz-utils',
    );
    expect(cached('trees')).toEqual([]);
  });

  it('patch', async (context) => {
    needKernels(context);
    makeTree(12, 'a\n');
    writeFileSync(join(folder, 'a.patch'), '--- a/mm/vmalloc.c\n+++ b/mm/vmalloc.c\n');
    onlyPrograms('gcc');
    expect(await check('--patch', 'a.patch')).toBe(
      '2 vmapcheck: cannot tell: patch: is not installed; Debian has it in patch',
    );
  });
});

describe('what cannot be built is one line, and nothing of it is kept', () => {
  it('a compile error', async (context) => {
    needKernels(context);
    makeTree(12);
    expect(await check()).toMatch(/^2 vmapcheck: cannot tell: gcc: .*(error|no such file)/is);
    expect(cached('builds')).toEqual([]);
  });

  it('a patch that does not apply', async (context) => {
    needKernels(context);
    makeTree(12, 'a\n');
    const hunk = '@@ -1 +1 @@\n-b\n+c\n';
    writeFileSync(join(folder, 'a.patch'), `--- a/mm/vmalloc.c\n+++ b/mm/vmalloc.c\n${hunk}`);
    const line = '2 vmapcheck: cannot tell: --patch a.patch: does not apply: Hunk #1 FAILED at 1.';
    expect(await check('--patch', 'a.patch')).toBe(line);
    expect(await refusal(['check', 'linux:linux+a.patch'], { cwd: folder })).toBe(line);
    expect(cached('builds')).toEqual([]);
  });

  it('a cache that cannot be written', async (context) => {
    needKernels(context);
    makeTree(12);
    writeFileSync(join(folder, 'file'), '');
    process.env.VMAPCHECK_CACHE = join(folder, 'file/cache');
    const text = await check();
    expect(text).toMatch(/^2 vmapcheck: cannot tell: cannot write .*file\/cache/);
    expect(text.replaceAll('\n', ' ')).toMatch(/VMAPCHECK_CACHE can name another folder$/);
  });

  it('is told on a terminal while it is tried', async (context) => {
    needKernels(context);
    makeTree(12);
    makeTarball();
    const world = { cwd: folder, isTerminal: true };
    const { code, stderr } = await run(['check', 'linux:linux.tar.xz'], world);
    expect(code).toBe(2);
    const steps = stderr.split('\r\u001b[K');
    expect(steps[1]).toBe('extracting linux.tar.xz ...');
    expect(steps[3]).toBe('building mm/vmalloc.c of Linux 6.12.7 for blocks of 4 pages ...');
    expect(steps.at(-1)).toMatch(/^vmapcheck: cannot tell: gcc: /);
  });
});

describe('a name with patches', () => {
  it('is taken apart at its plus signs, unless they are in the path', () => {
    mkdirSync(join(folder, 'linux+deb12'));
    expect(linuxParts('linux:linux+a.patch+b.patch', folder)).toEqual({
      path: 'linux',
      patches: ['a.patch', 'b.patch'],
      everyAccess: false,
    });
    expect(linuxParts('linux-every-access:linux+deb12+a.patch', folder)).toEqual({
      path: 'linux+deb12',
      patches: ['a.patch'],
      everyAccess: true,
    });
  });
});
