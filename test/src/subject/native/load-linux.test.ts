import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../../cli/fake-io.ts';
import { needKernels } from './toolchain.ts';

let folder: string;
const { PATH, VMAPCHECK_CACHE } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'));
  process.env.VMAPCHECK_CACHE = join(folder, 'cache');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env.PATH = PATH;
  if (VMAPCHECK_CACHE === undefined) delete process.env.VMAPCHECK_CACHE;
  else process.env.VMAPCHECK_CACHE = VMAPCHECK_CACHE;
});

/** Makes something that looks like a kernel tree, in the folder `linux`. */
function makeTree(level: number, source = '#error "no kernel"\n'): void {
  const tree = join(folder, 'linux');
  for (const part of ['mm', 'include/linux']) mkdirSync(join(tree, part), { recursive: true });
  writeFileSync(join(tree, 'Makefile'), `VERSION = 6\nPATCHLEVEL = ${level}\nSUBLEVEL = 7\n`);
  writeFileSync(join(tree, 'mm/vmalloc.c'), source);
}

const check = (...args: readonly string[]) =>
  refusal(['check', 'linux:linux', ...args], { cwd: folder });

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
    writeFileSync(join(folder, 'linux.tar'), '');
    const text = await refusal(['check', 'linux:linux.tar'], { cwd: folder });
    expect(text).toMatch(/^64 vmapcheck: linux:linux.tar: /);
  });

  it('a version nobody knows', async () => {
    makeTree(99);
    expect(await check()).toMatch(/^2 vmapcheck: cannot tell: linux:linux: is Linux 6.99; known/);
  });

  it('no compiler', async () => {
    makeTree(1);
    process.env.PATH = folder;
    expect(await check()).toBe(
      '2 vmapcheck: cannot tell: gcc: is not installed; Debian has it in gcc',
    );
  });

  it('a compile error', async (context) => {
    needKernels(context);
    makeTree(12);
    expect(await check()).toMatch(/^2 vmapcheck: cannot tell: gcc: .*(error|no such file)/is);
  });

  it('a patch for something else', async () => {
    expect(await refusal(['check', 'v6.1', '--patch', 'a.patch'])).toBe(
      '64 vmapcheck: --patch goes with linux:PATH only, not with "v6.1"',
    );
  });
});
