import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Property } from '../../properties/property.ts';
import { CALLS, type Domain, type SmallCall } from '../explore/small-programs.ts';
import { ScenarioError, shown } from '../scenario/errors.ts';
import { parseMachineSpec } from '../scenario/machine-text.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { Arguments } from './arguments.ts';
import { readBudget } from './check-options.ts';
import { UsageError } from './errors.ts';
import { readProperties } from './explore-options.ts';

/** The options of `verify` and whether they may be repeated. */
export const VERIFY_OPTIONS = {
  tasks: 'text',
  ops: 'text',
  calls: 'text',
  machine: 'many',
  property: 'many',
  'keep-going': 'flag',
  limit: 'text',
  'stop-after': 'text',
  minutes: 'text',
  jobs: 'text',
  state: 'text',
  certify: 'text',
  patch: 'many',
} as const;

export const DEFAULT_TASKS = 2;
export const DEFAULT_OPS = 3;
export const DEFAULT_LIMIT = 100_000;
/** Two CPUs, space for two blocks or two areas, and no more than one area that stays lazy. */
export const DEFAULT_MACHINE_SPEC = 'cpus=2 vmalloc=4 block=2 max-alloc=1 lazy-max=2';
/** The shrinker is there since v6.9 only, and would double the programs of all versions. */
const DEFAULT_CALLS: readonly SmallCall[] = CALLS.filter((call) => call !== 'shrink');

const MOST_TASKS = 4;
const MOST_OPS = 8;
const MAX_LIMIT = 1_000_000_000;
const MAX_MINUTES = 100_000;
const MAX_JOBS = 256;

interface FilePath {
  readonly name: string;
  readonly path: string;
}

/** What `verify` is asked for. */
export interface VerifyOptions {
  readonly domain: Domain;
  readonly properties: readonly Property[];
  readonly keepsGoing: boolean;
  /** Interleavings of one program, at most. */
  readonly limit: number;
  /** Programs to explore this time, at most. */
  readonly stopAfter: number;
  /** Minutes to spend; null: as long as it takes. */
  readonly minutes: number | null;
  readonly jobs: number;
  /** As the user wrote it, and absolute. */
  readonly stateFile: FilePath | null;
  /** Runs to spend on the certificate of a counterexample. */
  readonly budget: number;
}

/**
 * What the options of `verify` ask for; paths start from `cwd`. Throws a UsageError for a value out
 * of range.
 */
export function readVerifyOptions(given: Arguments, cwd: string): VerifyOptions {
  const file = given.one('state');
  const machines = given.all('machine');
  const minutes = given.number('minutes', 1, MAX_MINUTES, 0);
  return {
    domain: {
      tasks: given.number('tasks', 1, MOST_TASKS, DEFAULT_TASKS),
      operations: given.number('ops', 1, MOST_OPS, DEFAULT_OPS),
      calls: readCalls(given.one('calls')),
      machines: (machines.length === 0 ? [DEFAULT_MACHINE_SPEC] : machines).map(readMachine),
    },
    properties: readProperties(given, null),
    keepsGoing: given.has('keep-going'),
    limit: given.number('limit', 1, MAX_LIMIT, DEFAULT_LIMIT),
    stopAfter: given.number('stop-after', 1, MAX_LIMIT, MAX_LIMIT),
    minutes: minutes === 0 ? null : minutes,
    jobs: given.number('jobs', 1, MAX_JOBS, availableParallelism()),
    budget: readBudget(given),
    stateFile: file === null ? null : { name: file, path: resolve(cwd, file) },
  };
}

/** In the order of CALLS, whatever order they are given in: that decides the order of programs. */
function readCalls(text: string | null): readonly SmallCall[] {
  if (text === null) return DEFAULT_CALLS;
  const names = text.split(',');
  for (const name of names) {
    if (CALLS.some((call) => call === name)) continue;
    const hint = didYouMean(name, CALLS) || `; known are ${CALLS.join(', ')}`;
    throw new UsageError(`--calls: ${shown(name)} is none${hint}`);
  }
  return CALLS.filter((call) => names.includes(call));
}

function readMachine(text: string): Domain['machines'][number] {
  try {
    return parseMachineSpec(text);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new UsageError(`--machine: ${error.problem.replace(/^machine: /, '')}`, { cause: error });
  }
}
