import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../scenario/case.ts';
import { printCase } from '../scenario/case-print.ts';
import { parseCase } from '../scenario/case-text.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { SCENARIO_LIMITS } from '../scenario/limits.ts';
import {
  type FileCalls,
  isNodeError,
  NODE_FILE_CALLS,
  writeAtomically,
  writeNewAtomically,
} from './atomic-write.ts';
import { CASE_SUFFIX, type Counterexample, caseFileName, identityOf } from './schema.ts';

/** Where a counterexample is kept, and what saving it did to that file. */
export interface Saved {
  readonly path: string;
  /** `kept`: the same case was there and says as much. */
  readonly outcome: 'added' | 'replaced' | 'kept';
}

/** A case of a store. */
export interface StoredCase {
  readonly name: string;
  readonly path: string;
  readonly case: Case;
}

/**
 * Saves a counterexample in a directory, which is made if need be. The same case is one file
 * however often it is saved: what is there stays, unless the new one brings a certificate and says
 * something else. Several processes may save at once: one without a certificate never takes the
 * name of what another has just put there.
 * Throws an Error of one line, having changed nothing that was there.
 */
export function saveCase(
  directory: string,
  counterexample: Counterexample,
  calls: FileCalls = NODE_FILE_CALLS,
): Saved {
  const text = printCase(counterexample);
  refuseUnreadable(text, counterexample);
  const path = join(directory, caseFileName(counterexample));
  mkdirSync(directory, { recursive: true });
  const there = readIfThere(path);
  if (there !== null && staysAsIs(path, there, counterexample, text)) {
    return { path, outcome: 'kept' };
  }
  const isCertified = counterexample.certificate.length > 0;
  try {
    if (isCertified) writeAtomically(path, text, calls);
    else if (!writeNewAtomically(path, text, calls)) return { path, outcome: 'kept' };
  } catch (error) {
    throw new Error(`cannot save ${path}: ${messageOf(error)}`, { cause: error });
  }
  return { path, outcome: there === null ? 'added' : 'replaced' };
}

/** Whether a file that is there is to stay. Throws an Error if it is of another case. */
function staysAsIs(path: string, there: Case, counterexample: Counterexample, text: string) {
  if (identityOf(there) !== identityOf(counterexample)) {
    throw new Error(`cannot save ${path}: another case with the same digest is there`);
  }
  return counterexample.certificate.length === 0 || printCase(there) === text;
}

/**
 * Saves a counterexample in the place of a case of the store that it was made from. If it has
 * become another case, the old file goes once the new one is there.
 * Throws an Error of one line, having changed nothing that was there.
 */
export function replaceCase(
  directory: string,
  old: StoredCase,
  counterexample: Counterexample,
): Saved {
  const saved = saveCase(directory, counterexample);
  if (saved.path !== old.path) rmSync(old.path, { force: true });
  return saved;
}

/**
 * Reads every `.case` file of a directory, in the order of their names.
 * Throws a ScenarioError that names file and line for one that cannot be read.
 */
export function loadCases(directory: string): StoredCase[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(CASE_SUFFIX) && !name.startsWith('.'))
    .sort()
    .map((name) => {
      const path = join(directory, name);
      return { name, path, case: readCaseFile(path) };
    });
}

function readCaseFile(path: string): Case {
  if (statSync(path).size > SCENARIO_LIMITS.textBytes) {
    throw new ScenarioError(1, `longer than ${SCENARIO_LIMITS.textBytes} bytes`, path);
  }
  try {
    return parseCase(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof ScenarioError) throw new ScenarioError(error.line, error.problem, path);
    throw error;
  }
}

function readIfThere(path: string): Case | null {
  try {
    return readCaseFile(path);
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A case goes to the disk only if it comes back as it was. */
function refuseUnreadable(text: string, counterexample: Counterexample): void {
  const { policy, property, scenario, observed, certificate } = counterexample;
  let read: Case;
  try {
    read = parseCase(text);
  } catch (error) {
    throw new Error(`cannot save this case: ${messageOf(error)}`, { cause: error });
  }
  if (!isDeepStrictEqual(read, { policy, property, scenario, observed, certificate })) {
    throw new Error('cannot save this case: it does not read back as it was printed');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
