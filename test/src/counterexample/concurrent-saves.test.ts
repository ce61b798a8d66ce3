import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { identityOf } from '../../../src/counterexample/schema.ts';
import { loadCases } from '../../../src/counterexample/store.ts';
import { anyCounterexample } from './counterexample.ts';

const WRITERS = 4;
const VARIANTS = 50;
const WORKER = fileURLToPath(new URL('save-worker.ts', import.meta.url));

function startWriter(directory: string, teller: number): ChildProcess {
  const args = ['--import', 'tsx', WORKER, directory, `${teller}`, `${VARIANTS}`];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

it('lets several processes save the same cases while others read them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vmapcheck-writers-'));
  try {
    const writers = Array.from({ length: WRITERS }, (_, teller) => startWriter(directory, teller));
    const ends = Promise.all(writers.map((writer) => once(writer, 'exit')));
    let running = true;
    const codes = ends.then((all) => {
      running = false;
      return all.map(([code]) => code);
    });
    let readWhileWritten = 0;
    while (running) {
      // Throws if it ever meets a partial file.
      readWhileWritten += loadCases(directory).length;
      await setTimeout(1);
    }
    expect(await codes).toEqual(Array.from({ length: WRITERS }, () => 0));
    expect(readWhileWritten).toBeGreaterThan(0);

    const saved = loadCases(directory).map((stored) => identityOf(stored.case));
    const expected = Array.from({ length: VARIANTS }, (_, n) => identityOf(anyCounterexample(n)));
    expect(saved.toSorted()).toEqual(expected.toSorted());
    expect(readdirSync(directory).every((name) => name.endsWith('.case'))).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
