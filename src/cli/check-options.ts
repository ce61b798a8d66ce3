import {
  ARCH_NAMES,
  type ArchName,
  MACHINE_LIMITS,
  type Machine,
} from '../../models/hardware/machine.ts';
import { interleavedProperties, properties } from '../../properties/index.ts';
import type { CheckOptions } from '../explore/check.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { firstCpus } from '../scenario/cpu-list.ts';
import { shown } from '../scenario/errors.ts';
import { SCENARIO_LIMITS } from '../scenario/limits.ts';
import { DEFAULT_MACHINE, machineProblem } from '../scenario/machine.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { interleavableProperty, propertyNamed } from './subjects.ts';

/** The options that fix what a machine is like. */
export const MACHINE_OPTIONS = {
  cpus: 'text',
  block: 'text',
  'max-alloc': 'text',
  arch: 'text',
} as const;

/** The options of `check` and whether they may be repeated. */
export const CHECK_OPTIONS = {
  property: 'many',
  runs: 'text',
  seed: 'text',
  'max-ops': 'text',
  tasks: 'text',
  ...MACHINE_OPTIONS,
  patch: 'many',
  certify: 'text',
  save: 'text',
} as const;

export const DEFAULT_RUNS = 20_000;
export const DEFAULT_MAX_OPS = 40;
export const DEFAULT_MAX_OPS_OF_TASKS = 24;
export const DEFAULT_SEED = 1;
/** More are no use: two or three show what there is to see. */
const MOST_TASKS = 8;
export const MAX_RUNS = 1_000_000_000;
export const MAX_SEED = 2 ** 31 - 1;

/** How many tasks run beside each other. Throws a UsageError for a value out of range. */
export function readTasks(given: Arguments): number {
  return given.number('tasks', 1, MOST_TASKS, 1);
}

/**
 * What the options of `check` ask for, with so many tasks. Throws a UsageError for a value out of
 * range, and for a property that has no meaning while several calls are in flight.
 */
export function readCheckOptions(given: Arguments, tasks = 1): CheckOptions {
  const names = new Set(given.all('property'));
  const [all, named] =
    tasks > 1 ? [interleavedProperties, interleavableProperty] : [properties, propertyNamed];
  const maxOps = tasks > 1 ? DEFAULT_MAX_OPS_OF_TASKS : DEFAULT_MAX_OPS;
  return {
    properties: names.size === 0 ? all : [...names].map(named),
    runs: given.number('runs', 1, MAX_RUNS, DEFAULT_RUNS),
    maxOps: given.number('max-ops', 1, SCENARIO_LIMITS.operations, maxOps),
    seed: given.number('seed', 0, MAX_SEED, DEFAULT_SEED),
    machine: readMachine(given),
    shrink: true,
    certify: readBudget(given),
  };
}

/** Runs of the small-scope search. Throws a UsageError for a value out of range. */
export function readBudget(given: Arguments): number {
  return given.number('certify', 0, MAX_RUNS, DEFAULT_BUDGET);
}

/** The fields of the machine that options fix. Throws a UsageError for a value out of range. */
export function readMachine(given: Arguments): Partial<Machine> {
  const cpus = given.number('cpus', 1, MACHINE_LIMITS.cpus, 0);
  const largest = MACHINE_LIMITS.vmapBbmapBits;
  const block = given.number('block', 2, largest, 0);
  const maxAlloc = given.number('max-alloc', 1, largest / 2, Math.floor(block / 2));
  if (block === 0 && maxAlloc > 0) throw new UsageError('--max-alloc goes with --block only');
  const arch = readArch(given);
  const machine: Partial<Machine> = {
    ...(cpus > 0 ? { possibleCpus: firstCpus(cpus) } : {}),
    ...(block > 0 ? { vmapBbmapBits: block, vmapMaxAlloc: maxAlloc } : {}),
    ...(arch === null ? {} : { arch }),
  };
  const onlineCpus = machine.possibleCpus ?? DEFAULT_MACHINE.onlineCpus;
  const found = machineProblem({ ...DEFAULT_MACHINE, onlineCpus, ...machine });
  if (found !== null) throw new UsageError(`--${found.problem}`);
  return machine;
}

function readArch(given: Arguments): ArchName | null {
  const name = given.one('arch');
  if (name === null) return null;
  const arch = ARCH_NAMES.find((one) => one === name);
  if (arch !== undefined) return arch;
  throw new UsageError(`--arch: ${shown(name)} is not one of ${ARCH_NAMES.join(', ')}`);
}
