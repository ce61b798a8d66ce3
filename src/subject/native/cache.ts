import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PolicyError } from '../policy-error.ts';
import { alone, notWritable } from './alone.ts';
import { ToolchainError } from './toolchain-error.ts';

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
function hashIfReadable(path: string): string | null {
  try {
    return hashOf([readFileSync(path, 'latin1')]);
  } catch {
    return null;
  }
}

/**
 * A folder that is made once: by `make`, unless `find` finds it. Others who ask for it meanwhile
 * wait. `path` is unique to it. Throws what `make` throws, and a ToolchainError if nothing can be
 * written there.
 */
export function madeOnce(path: string, find: () => string | undefined, make: () => string): string {
  return find() ?? alone(path, () => find() ?? make());
}

/**
 * Makes a folder: `fill` is given a new one beside it, which takes its place once it is complete,
 * so that nobody ever finds half of it; `nameFor` may have a last word on its name. If somebody
 * else was faster, theirs stays. Returns its path.
 * Throws what `fill` throws, and a ToolchainError if there can be no such folder.
 */
export function makeFolder(
  path: string,
  fill: (draft: string) => void,
  nameFor: (draft: string) => string = () => path,
): string {
  let draft: string | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    draft = mkdtempSync(`${path}.`);
    removeAbandoned(path, draft);
    fill(draft);
    const name = nameFor(draft);
    moveUnlessTaken(draft, name);
    return name;
  } catch (error) {
    if (error instanceof ToolchainError || error instanceof PolicyError) throw error;
    throw notWritable(dirname(path), error);
  } finally {
    if (draft !== null) rmSync(draft, { recursive: true, force: true });
  }
}

/** Milliseconds after which nobody is still at work on a draft. */
const ABANDONED_AFTER = 3_600_000;

/** Removes the drafts that were left by those who were ended on the way. */
function removeAbandoned(path: string, draft: string): void {
  const [parent, name] = [dirname(path), basename(path)];
  const now = statSync(draft).mtimeMs;
  for (const other of readdirSync(parent).filter((one) => one.startsWith(`${name}.`))) {
    const stats = statSync(join(parent, other), { throwIfNoEntry: false });
    if (stats === undefined || now - stats.mtimeMs < ABANDONED_AFTER) continue;
    rmSync(join(parent, other), { recursive: true, force: true });
  }
}

function moveUnlessTaken(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

const MANIFEST = 'manifest.json';
const manifestSchema = z.record(z.string(), z.string());

/**
 * The folder of `parent` for a key, in which what `make` makes of files is kept. `make` is given an
 * empty folder and returns the files used. It is made anew if one of these has changed; the name of
 * the folder says what they were. Throws as `makeFolder`.
 */
export function keptFolder(
  parent: string,
  key: string,
  make: (draft: string) => readonly string[],
): string {
  const path = join(parent, key);
  const find = (): string | undefined => foldersFor(path).find(isUpToDate);
  return madeOnce(path, find, () => {
    const stale = foldersFor(path);
    return makeFolder(
      path,
      (draft) => {
        const hashes = make(draft).map((file) => [file, hashIfReadable(file) ?? '']);
        writeFileSync(join(draft, MANIFEST), JSON.stringify(Object.fromEntries(hashes), null, 1));
      },
      (draft) => {
        for (const folder of stale) rmSync(folder, { recursive: true, force: true });
        return `${path}-${hashOf([readFileSync(join(draft, MANIFEST), 'utf8')])}`;
      },
    );
  });
}

/** The folders that were made for a key, of whatever files. */
function foldersFor(path: string): string[] {
  const [parent, key] = [dirname(path), basename(path)];
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    // There is none yet, or it cannot be read: that it cannot be written is said when it is.
    return [];
  }
  return names.filter((name) => name.startsWith(`${key}-`)).map((name) => join(parent, name));
}

/** Whether every file that a folder was made from is still the same. */
function isUpToDate(folder: string): boolean {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8');
  } catch {
    return false;
  }
  const manifest = manifestSchema.safeParse(JSON.parse(text));
  if (!manifest.success) return false;
  return Object.entries(manifest.data).every(([file, hash]) => hashIfReadable(file) === hash);
}
