import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isNodeError, NODE_FILE_CALLS, writeAtomically } from '../counterexample/atomic-write.ts';
import type { VerifyProgress } from '../explore/verification.ts';
import { shown } from '../scenario/errors.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { isLinux, linuxParts } from '../subject/native/load-linux.ts';
import { UsageError } from './errors.ts';
import { isPath } from './subjects.ts';
import type { WorkerTask } from './verify-explorers.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The version of the file format that is written, and the only one that is read. */
const FORMAT = 'vmapcheck verify 1';

/** What a verification is of, in words: another one may not go on from its state. */
type VerifyIdentity = Readonly<Record<string, string>>;

const DIGEST_CHARS = 16;

const count = z.int().min(0);
const stateSchema = z.object({
  format: z.literal(FORMAT),
  of: z.record(z.string(), z.string()),
  progress: z.object({
    next: count,
    isEnd: z.boolean(),
    cut: count,
    interleavings: count,
    redundant: count,
    steps: count,
    violations: z.array(
      z.object({ property: z.string(), program: count, schedule: z.array(count) }),
    ),
  }),
});

/** Where a verification is to be gone on from, and written down. */
interface StateFile {
  /** As the user wrote it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly of: VerifyIdentity;
}

/**
 * How far the verification has come; null if there is no such file yet. Throws a UsageError for a
 * file that cannot be read, or is of another verification.
 */
export function readState({ name, path, of }: StateFile): VerifyProgress | null {
  const text = readIfThere(name, path);
  if (text === null) return null;
  const state = stateSchema.safeParse(jsonOf(text)).data;
  if (state === undefined) throw new UsageError(`${name}: is not a state of this vmapcheck verify`);
  for (const what of Object.keys({ ...state.of, ...of })) {
    const [theirs, ours] = [state.of[what], of[what]];
    if (theirs === ours) continue;
    const values = `${shown(theirs ?? 'none')}, not ${shown(ours ?? 'none')}`;
    throw new UsageError(`${name}: is of another verification: ${what} is ${values}`);
  }
  return state.progress;
}

/** Writes the state, all of it or nothing. Throws a UsageError if that fails. */
export function writeState({ name, path, of }: StateFile, progress: VerifyProgress): void {
  const text = `${JSON.stringify({ format: FORMAT, of, progress }, null, 1)}\n`;
  try {
    writeAtomically(path, text, NODE_FILE_CALLS);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--state ${name}: ${problem}`, { cause: error });
  }
}

/**
 * What a verification is of: the policy, the programs, and the sources of the models, of the
 * properties and of what explores them. With others, what was explored says nothing about what is
 * left.
 */
export function identityOf(
  policy: LoadedPolicy,
  { policy: argument, patches, cwd, domain, limit }: WorkerTask,
  { properties, keepsGoing }: VerifyOptions,
): VerifyIdentity {
  const { tasks, operations, calls, machines } = domain;
  return {
    policy: argument,
    title: policy.title,
    files: digestOf([...patches, ...filesOf(argument, cwd)].map((file) => resolve(cwd, file))),
    sources: digestOf(sources()),
    tasks: `${tasks}`,
    operations: `${operations}`,
    calls: calls.join(','),
    machines: machines.map(printMachineSpec).join('; '),
    limit: `${limit}`,
    properties: properties.map(({ name }) => name).join(','),
    'keep-going': `${keepsGoing}`,
  };
}

/** The files that a policy is made of, as far as they are not this tool's. */
function filesOf(argument: string, cwd: string): string[] {
  if (!isLinux(argument)) return isPath(argument) ? [argument] : [];
  const { path, patches } = linuxParts(argument, cwd);
  return [join(path, 'mm/vmalloc.c'), ...patches];
}

function sources(): string[] {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folders = ['models', 'properties', 'src/scenario', 'src/subject', 'src/explore'];
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort()
      .map((file) => join(root, folder, file)),
  );
}

/** Of a file that is not there, as in a tarball, the name stands for all. */
function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : file);
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, DIGEST_CHARS);
}

function readIfThere(name: string, path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return null;
    if (isNodeError(error, 'EISDIR')) throw new UsageError(`--state ${name}: is a directory`);
    if (isNodeError(error, 'EACCES')) throw new UsageError(`--state ${name}: may not be read`);
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
