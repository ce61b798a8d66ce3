import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ToolchainError } from './toolchain-error.ts';

const PAUSE_MS = 100;
/** Pauses, three minutes of them, after which whoever is at it is not waited for. */
const MOST_PAUSES = 1_800;

/**
 * Does work while no other process that asks for the same path does: what one has made, the others
 * need not make. Throws what `work` throws, and a ToolchainError if nothing can be written there.
 */
export function alone<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  try {
    mkdirSync(dirname(lock), { recursive: true });
  } catch (error) {
    throw notWritable(dirname(lock), error);
  }
  for (let pauses = 0; !isTaken(lock); pauses++) {
    if (isAbandoned(lock) || pauses === MOST_PAUSES) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isTaken(lock: string): boolean {
  try {
    writeFileSync(lock, nameOf(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw notWritable(dirname(lock), error);
  }
}

/** Whether who took the lock is no more, or is this process itself, which does not wait for it. */
function isAbandoned(lock: string): boolean {
  let holder: string;
  try {
    holder = readFileSync(lock, 'utf8');
  } catch {
    return false;
  }
  // Empty until its name has been written.
  if (holder === '') return false;
  return holder === nameOf(process.pid) || holder !== nameOf(Number.parseInt(holder, 10));
}

/** A process by its number and when it began, since numbers come again; empty: there is none. */
function nameOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, began = ''] = /\) (?:\S+ ){19}(\d+)/.exec(stat) ?? [];
    return `${pid} ${began}`;
  } catch {
    return '';
  }
}

/** What is said if a folder of the cache cannot be written. */
export function notWritable(folder: string, error: unknown): ToolchainError {
  const problem = error instanceof Error ? error.message : String(error);
  const hint = 'VMAPCHECK_CACHE can name another folder';
  return new ToolchainError(`cannot write ${folder}: ${problem}; ${hint}`);
}
