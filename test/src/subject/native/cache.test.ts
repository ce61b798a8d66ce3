import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRoot, keptFolder, makeFolder } from '../../../../src/subject/native/cache.ts';

let folder: string;
let kept: string;
let source: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'));
  kept = join(folder, 'kept');
  source = join(folder, 'source');
  writeFileSync(source, 'one');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Keeps a copy of the source. */
function copy(to: string): string[] {
  writeFileSync(join(to, 'copy'), readFileSync(source));
  return [source];
}

describe('what is kept', () => {
  it('is made once', () => {
    const path = keptFolder(kept, 'key', copy);
    expect(readFileSync(join(path, 'copy'), 'utf8')).toBe('one');
    const again = keptFolder(kept, 'key', () => {
      throw new Error('made twice');
    });
    expect(again).toBe(path);
    expect(keptFolder(kept, 'other', copy)).not.toBe(path);
  });

  it('is made anew when a file it was made from changes, or is damaged', () => {
    const path = keptFolder(kept, 'key', copy);
    writeFileSync(source, 'two');
    const next = keptFolder(kept, 'key', copy);
    expect(readFileSync(join(next, 'copy'), 'utf8')).toBe('two');
    expect(readdirSync(kept)).toEqual([basename(next)]);
    expect(next).not.toBe(path);
    rmSync(join(next, 'manifest.json'));
    expect(keptFolder(kept, 'key', copy)).toBe(next);
    expect(readdirSync(next)).toEqual(['copy', 'manifest.json']);
  });

  it('may be made by two at the same time', () => {
    let theirs = '';
    const ours = keptFolder(kept, 'key', (draft) => {
      theirs = keptFolder(kept, 'key', copy);
      return copy(draft);
    });
    expect(ours).toBe(theirs);
    expect(readdirSync(kept)).toEqual([basename(ours)]);
  });

  it('leaves nothing of what could not be made', () => {
    expect(() =>
      keptFolder(kept, 'key', (draft) => {
        copy(draft);
        throw new Error('no compiler');
      }),
    ).toThrow('no compiler');
    expect(readdirSync(kept)).toEqual([]);
  });

  it('leaves nothing of what somebody was ended while making', () => {
    const draft = join(kept, 'key.abcdef');
    makeFolder(draft, copy);
    makeFolder(join(kept, 'key.ghijkl'), copy);
    utimesSync(draft, 1, 1);
    const path = keptFolder(kept, 'key', copy);
    expect(readdirSync(kept)).toEqual([basename(path), 'key.ghijkl']);
  });

  it('is in the folder that the environment names', () => {
    expect(cacheRoot({ VMAPCHECK_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheRoot({ XDG_CACHE_HOME: '/b' })).toBe('/b/vmapcheck');
    expect(cacheRoot({})).toMatch(/\/\.cache\/vmapcheck$/);
  });
});
