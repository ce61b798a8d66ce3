import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PolicyError } from '../policy-error.ts';
import { runTool } from './run-tool.ts';
import { ToolchainError } from './toolchain-error.ts';

/** A patch as a file holds it. */
export interface PatchFile {
  /** As the user wrote it. */
  readonly name: string;
  readonly text: string;
}

/** The part of a patch that changes one file, relative to the top of the tree. */
interface Section {
  readonly path: string;
  readonly text: string;
}

/** Reads a patch. Throws a PolicyError that names it if it cannot be read or changes nothing. */
export function readPatch(name: string, path: string): PatchFile {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new PolicyError(`--patch ${name}: no such file`);
  }
  const text = readFileSync(path, 'utf8');
  if (sectionsOf(text).length === 0) {
    throw new PolicyError(`--patch ${name}: is no patch: it has no lines "--- a/..." "+++ b/..."`);
  }
  return { name, text };
}

/** The files that patches change, relative to the top of the tree. */
export function patchedFiles(patches: readonly PatchFile[]): string[] {
  return patches.flatMap(({ text }) => sectionsOf(text).map(({ path }) => path));
}

/**
 * Applies patches, in order, to copies of the files of a tree that they change; the copies are put
 * into `to`. What a patch changes of files that `tree` does not have is passed over.
 * Throws a ToolchainError that names the patch and the hunk if one does not apply.
 */
export function applyPatches(tree: string, patches: readonly PatchFile[], to: string): void {
  for (const { name, text } of patches) {
    const sections = sectionsOf(text);
    const ours = sections.filter(({ path }) => existsSync(join(tree, path)));
    if (ours.length === 0) {
      const what = sections.map(({ path }) => path).join(', ');
      throw new ToolchainError(`--patch ${name}: changes nothing that is built, only ${what}`);
    }
    for (const { path } of ours) copyOnce(tree, path, to);
    // Without fuzz: what does not fit as it stands may not mean what it meant.
    const options = ['-p1', '--fuzz=0', '--forward', '--no-backup-if-mismatch', '--reject-file=-'];
    const input = ours.map((section) => section.text).join('');
    const { status, stdout, stderr } = runTool('patch', [...options, '-d', to], 'patch', input);
    if (status === 0) continue;
    const lines = `${stdout}\n${stderr}`.split('\n');
    const hunk = lines.find((line) => /FAILED|malformed|Reversed/.test(line)) ?? 'it is damaged';
    throw new ToolchainError(`--patch ${name}: does not apply: ${hunk.trim()}`);
  }
}

function copyOnce(tree: string, path: string, to: string): void {
  const target = join(to, path);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(tree, path), target);
}

/** Takes a patch apart at its "--- a/..." lines; what stands before the first is a mail. */
function sectionsOf(text: string): Section[] {
  const parts = text.split(/^(?=--- (?:a\/|\/dev\/null).*\n\+\+\+ )/m);
  return parts.flatMap((part) => {
    const path = /^--- .*\n\+\+\+ b\/(\S+)/.exec(part)?.[1];
    const isInside = path !== undefined && !path.split('/').includes('..');
    return isInside ? [{ path, text: part }] : [];
  });
}
