import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyPatches, readPatch } from '../../../../src/subject/native/patches.ts';
import { needKernels } from './toolchain.ts';

const CHANGE = `From somebody
Subject: [PATCH] change b
---
 mm/vmalloc.c | 2 +-
--- a/mm/vmalloc.c
+++ b/mm/vmalloc.c
@@ -1,3 +1,3 @@
 a
-b
+B
 c
`;
const AGAIN = CHANGE.replace('\n-b\n+B', '\n-B\n+beta');
const ELSEWHERE = `--- a/Documentation/mm.rst
+++ b/Documentation/mm.rst
@@ -1 +1 @@
-x
+y
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patches-'));
  mkdirSync(join(folder, 'tree/mm'), { recursive: true });
  mkdirSync(join(folder, 'to'));
  writeFileSync(join(folder, 'tree/mm/vmalloc.c'), 'a\nb\nc\n');
});

afterEach(() => rmSync(folder, { recursive: true }));

function apply(...texts: readonly string[]): string {
  const patches = texts.map((text, index) => ({ name: `${index + 1}.patch`, text }));
  applyPatches(join(folder, 'tree'), patches, join(folder, 'to'));
  return readFileSync(join(folder, 'to/mm/vmalloc.c'), 'utf8');
}

describe('patches', () => {
  it('apply in order, to a copy', (context) => {
    needKernels(context);
    expect(apply(CHANGE, AGAIN)).toBe('a\nbeta\nc\n');
    expect(readFileSync(join(folder, 'tree/mm/vmalloc.c'), 'utf8')).toBe('a\nb\nc\n');
  });

  it('say which hunk does not apply', (context) => {
    needKernels(context);
    expect(() => apply(AGAIN)).toThrow('--patch 1.patch: does not apply: Hunk #1 FAILED at 1');
    expect(() => apply(CHANGE, CHANGE)).toThrow('--patch 2.patch: does not apply');
  });

  it('pass over what is not built, but not all of it', (context) => {
    needKernels(context);
    expect(apply(ELSEWHERE + CHANGE)).toBe('a\nB\nc\n');
    expect(() => apply(ELSEWHERE)).toThrow(
      '--patch 1.patch: changes nothing that is built, only Documentation/mm.rst',
    );
  });

  it('stay inside the tree', () => {
    expect(() => apply(CHANGE.replaceAll('mm/vmalloc.c', '../../vmalloc.c'))).toThrow(
      'changes nothing that is built',
    );
  });

  it('that are none are refused', () => {
    const path = join(folder, 'none.patch');
    writeFileSync(path, 'hello\n');
    expect(() => readPatch('none.patch', path)).toThrow('--patch none.patch: is no patch');
    expect(() => readPatch('gone', join(folder, 'gone'))).toThrow('--patch gone: no such file');
  });
});
