import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNodeError } from '../counterexample/atomic-write.ts';
import { ScenarioError } from '../scenario/errors.ts';
import type { KernelTrace } from '../trace/event.ts';
import { readTrace } from '../trace/read.ts';
import { unpack } from '../trace/unpack.ts';
import { UsageError } from './errors.ts';

/** Reads a trace from a file. Throws a UsageError or a ScenarioError that names it. */
export async function readTraceFile(file: string, cwd: string): Promise<KernelTrace> {
  try {
    return readTrace(await unpack(readFileSync(resolve(cwd, file))));
  } catch (error) {
    if (error instanceof ScenarioError) throw new ScenarioError(error.line, error.problem, file);
    if (isNodeError(error, 'ENOENT')) throw new UsageError(`${file}: no such file`);
    if (isNodeError(error, 'EISDIR')) throw new UsageError(`${file}: is a directory`);
    if (isNodeError(error, 'EACCES')) throw new UsageError(`${file}: may not be read`);
    throw error;
  }
}
