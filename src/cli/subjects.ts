import { resolve } from 'node:path';
import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { builtInPolicy, type LoadedPolicy, loadPolicyFile } from '../subject/load-policy.ts';
import { PolicyError } from '../subject/policy-error.ts';
import { UsageError } from './errors.ts';

/**
 * The policy an argument means: a built-in name, or the path of a TypeScript file, which contains a
 * slash or ends in `.ts`. Throws a UsageError if there is no such policy or it cannot be used.
 */
export async function openPolicy(argument: string, cwd: string): Promise<LoadedPolicy> {
  if (argument.startsWith('linux:')) {
    throw new UsageError(`${shown(argument)}: kernel trees cannot be checked by this version`);
  }
  try {
    return argument.includes('/') || argument.endsWith('.ts')
      ? await loadPolicyFile(argument, resolve(cwd, argument))
      : builtInPolicy(argument);
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
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
