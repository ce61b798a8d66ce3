import { resolve } from 'node:path';
import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { builtInPolicy, type LoadedPolicy, loadPolicyFile } from '../subject/load-policy.ts';
import { isLinux, linuxParts, loadLinux } from '../subject/native/load-linux.ts';
import { PolicyError } from '../subject/policy-error.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { ERASE_LINE } from './progress.ts';

/** As much of the world as loading a policy needs. */
type Shown = Pick<Io, 'cwd' | 'isTerminal' | 'stderr'>;

/** Whether an argument means a TypeScript file. */
export function isPath(argument: string): boolean {
  return !isLinux(argument) && (argument.includes('/') || argument.endsWith('.ts'));
}

/**
 * The policy an argument means: a built-in name; the path of a TypeScript file, which contains a
 * slash or ends in `.ts`; or `linux:PATH`, a kernel tree or its tarball, with `patches` besides
 * those that it names itself, as in `linux:PATH+a.patch`.
 * Throws a UsageError if there is no such policy, a SubjectCrash if it cannot be used here.
 */
export async function openPolicy(
  argument: string,
  io: Shown,
  patches: readonly string[] = [],
): Promise<LoadedPolicy> {
  const { cwd } = io;
  if (patches.length > 0 && !isLinux(argument)) {
    throw new UsageError(`--patch goes with linux:PATH only, not with ${shown(argument)}`);
  }
  try {
    if (isLinux(argument)) {
      const linux = linuxParts(argument, cwd);
      const named = { ...linux, patches: [...linux.patches, ...patches] };
      return loadLinux(named, cwd, (text) => showStep(io, text));
    }
    return isPath(argument)
      ? await loadPolicyFile(argument, resolve(cwd, argument))
      : builtInPolicy(argument);
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Shows on a terminal what takes long, until it is over. */
function showStep(io: Shown, text: string | null): void {
  if (io.isTerminal) io.stderr(`${ERASE_LINE}${text === null ? '' : `${text} ...`}`);
}

/** The property of this name. Throws a UsageError that names the nearest if there is none. */
export function propertyNamed(name: string): Property {
  const property = properties.find((one) => one.name === name);
  if (property !== undefined) return property;
  const names = properties.map((one) => one.name);
  throw new UsageError(`unknown property ${shown(name)}${didYouMean(name, names)}`);
}

/**
 * The property of this name, to be watched while several calls are in flight. Throws a UsageError
 * as `propertyNamed` does, and if it has no meaning then.
 */
export function interleavableProperty(name: string): Property {
  const property = propertyNamed(name);
  if (property.interleaved !== 'never') return property;
  const [why = ''] = property.underConcurrency.replace(/^Has no meaning: /, '').split(/\.$/);
  throw new UsageError(`${name} has no meaning while several calls are in flight: ${why}`);
}
