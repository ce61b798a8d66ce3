import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNodeError } from '../counterexample/atomic-write.ts';
import type { Case } from '../scenario/case.ts';
import { type LocatedCase, locateCases, parseCase } from '../scenario/case-text.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { SCENARIO_LIMITS } from '../scenario/limits.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/**
 * Every case of a file, or of standard input if that is `-`. Throws a UsageError if the file cannot
 * be read, and a ScenarioError that names it for the first fault in it.
 */
export async function readCases(file: string, io: Io): Promise<LocatedCase[]> {
  return parseNamed(file, await readText(file, io), locateCases);
}

/** The only case of a file; as `readCases`, and for a second case too. */
export async function readCase(file: string, io: Io): Promise<Case> {
  return parseNamed(file, await readText(file, io), parseCase);
}

function parseNamed<T>(file: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const name = file === '-' ? 'standard input' : file;
    throw new ScenarioError(error.line, error.problem, name);
  }
}

async function readText(file: string, io: Io): Promise<string> {
  if (file === '-') return await io.readStdin();
  const path = resolve(io.cwd, file);
  try {
    if (statSync(path).size > SCENARIO_LIMITS.textBytes) {
      throw new UsageError(`${file}: longer than ${SCENARIO_LIMITS.textBytes} bytes`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) throw new UsageError(`${file}: no such file`);
    if (isNodeError(error, 'EISDIR')) throw new UsageError(`${file}: is a directory`);
    if (isNodeError(error, 'EACCES')) throw new UsageError(`${file}: may not be read`);
    throw error;
  }
}
