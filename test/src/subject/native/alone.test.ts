import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alone } from '../../../../src/subject/native/alone.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alone-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('work that is done alone', () => {
  it('waits for another process that is at it', () => {
    const path = join(folder, 'part');
    // Takes the lock for itself, makes the part half a second later, and gives the lock back.
    const script = [
      'echo -n "$$ $(cut -d" " -f22 /proc/$$/stat)" > "$0.lock"',
      ': > "$0.begun"',
      'sleep 0.5',
      ': > "$0"',
      'rm "$0.lock"',
    ].join('; ');
    spawn('sh', ['-c', script, path]);
    while (!existsSync(`${path}.begun`))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    expect(alone(path, () => existsSync(path))).toBe(true);
  });

  it('does not wait for one that has ended, nor for itself', () => {
    const path = join(folder, 'part');
    writeFileSync(`${path}.lock`, `${process.ppid} 1`);
    expect(alone(path, () => alone(path, () => 'done'))).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives way again when the work fails', () => {
    const path = join(folder, 'deeper/part');
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => alone(path, fail)).toThrow('no');
    expect(readdirSync(join(folder, 'deeper'))).toEqual([]);
  });

  it('says where it cannot be', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => alone(join(folder, 'file/part'), () => 1)).toThrow(/^cannot write .*file/);
  });
});
