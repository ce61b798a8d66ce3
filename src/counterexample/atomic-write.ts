import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pid } from 'node:process';

/** The file-system calls of an atomic write. Tests put failing ones in their place. */
export interface FileCalls {
  /** Creates a file that does not exist yet and opens it for writing (O_EXCL). */
  create(path: string): number;
  /** Writes all of the text, in UTF-8. */
  write(file: number, text: string): void;
  /** Waits until the file is on the disk. */
  sync(file: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  /** Gives a file a second name, which must not be in use (EEXIST). */
  link(from: string, to: string): void;
  remove(path: string): void;
}

export const NODE_FILE_CALLS: FileCalls = {
  create: (path) => openSync(path, 'wx'),
  write: (file, text) => writeFileSync(file, text),
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  remove: (path) => rmSync(path, { force: true }),
};

/** Temporary files that earlier, killed writers of this process id may have left. */
const MAX_LEFTOVERS = 1_000;

/**
 * Writes a file so that a reader sees all of it or what was there before. The text goes to a new
 * file in the same directory, to the disk, and only then takes the name.
 * On any error the new file is removed, what was there is untouched, and the error is thrown.
 */
export function writeAtomically(path: string, text: string, calls: FileCalls): void {
  const temporary = writeTemporary(path, text, calls);
  try {
    calls.rename(temporary, path);
  } catch (error) {
    removeQuietly(temporary, calls);
    throw error;
  }
}

/**
 * The same where nothing may be there yet. Returns false, having written nothing, if something is,
 * be it that another process has just put it there.
 */
export function writeNewAtomically(path: string, text: string, calls: FileCalls): boolean {
  const temporary = writeTemporary(path, text, calls);
  try {
    calls.link(temporary, path);
    return true;
  } catch (error) {
    if (isNodeError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    removeQuietly(temporary, calls);
  }
}

/** All of the text, on the disk, in a hidden file beside `path`; its path. */
function writeTemporary(path: string, text: string, calls: FileCalls): string {
  const temporary = createTemporary(path, calls);
  try {
    try {
      calls.write(temporary.file, text);
      calls.sync(temporary.file);
    } finally {
      calls.close(temporary.file);
    }
    return temporary.path;
  } catch (error) {
    removeQuietly(temporary.path, calls);
    throw error;
  }
}

/** What made the write fail is worth more than why the hidden file could not be removed. */
function removeQuietly(path: string, calls: FileCalls): void {
  try {
    calls.remove(path);
  } catch {}
}

/** Named by process id and count rather than by chance, so that a run can be repeated exactly. */
function createTemporary(path: string, calls: FileCalls): { path: string; file: number } {
  for (let count = 0; ; count++) {
    const temporary = join(dirname(path), `.${basename(path)}.${pid}.${count}.tmp`);
    try {
      return { path: temporary, file: calls.create(temporary) };
    } catch (error) {
      if (!isNodeError(error, 'EEXIST') || count === MAX_LEFTOVERS) throw error;
    }
  }
}

/** Whether an error is the one that Node.js gives this code, such as ENOENT. */
export function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
