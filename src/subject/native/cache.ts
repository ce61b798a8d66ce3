import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Hexadecimal digits of a hash that name a folder. */
const DIGITS = 24;
const CHUNK_BYTES = 2 ** 22;

/** Where what was extracted and built is kept. `env`: the environment. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  const own = env.VMAPCHECK_CACHE;
  if (own !== undefined && own !== '') return own;
  const xdg = env.XDG_CACHE_HOME;
  const base = xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache');
  return join(base, 'vmapcheck');
}

/** A short hash of texts, each told from the next. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex').slice(0, DIGITS);
}

/** A short hash of a file's content. Throws what reading it throws. */
export function hashOfFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const bytes = readSync(file, chunk);
      if (bytes === 0) break;
      hash.update(chunk.subarray(0, bytes));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/** A short hash of a file, null if it cannot be read. */
export function hashIfReadable(path: string): string | null {
  try {
    return hashOf([readFileSync(path, 'latin1')]);
  } catch {
    return null;
  }
}

/**
 * Makes a folder: `fill` is given a new one beside it, which takes its place once it is complete,
 * so that nobody ever finds half of it. If somebody else was faster, theirs stays.
 */
export function makeFolder(path: string, fill: (draft: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = mkdtempSync(`${path}.`);
  try {
    fill(draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
  }
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
  );
}
