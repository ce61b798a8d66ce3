import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { KernelClass } from '../../models/kernel/kernel.ts';
import type { Candidate } from '../../models/policies/candidate.ts';
import { policies } from '../../models/policies/index.ts';
import { type Expectation, kernelOf, type Policy } from '../../models/policies/policy.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { candidateOf } from './candidate-shape.ts';
import { GuardedSubject } from './guarded-subject.ts';
import { lineIn, PolicyError, thrownText } from './policy-error.ts';
import { PolicySubject } from './policy-subject.ts';
import type { Subject } from './port.ts';
import { missingFunction, plainOverrides, smokeTest } from './smoke-test.ts';
import { SubjectCrash } from './subject-crash.ts';

/** A policy ready to be checked. */
export interface LoadedPolicy {
  /** As the user wrote it: `v6.4`, or a path. */
  readonly name: string;
  readonly title: string;
  /** By property name; a property that is not named here is expected to hold. */
  readonly expected: Readonly<Record<string, Expectation>>;
  /** The same for several tasks: what they show besides. */
  readonly expectedInterleaved: Readonly<Record<string, Expectation>>;
  /** The built-in policy that it changes, if there is one. */
  readonly base: string | null;
  /** A subject whose kernel class was made anew. */
  subject(): Subject;
  /** Its kernel's class, made anew, to run several tasks on. Absent: it is no TypeScript. */
  readonly kernelClass?: () => KernelClass;
}

/** The built-in policy of this name. Throws a PolicyError, naming the nearest, if there is none. */
export function builtInPolicy(name: string): LoadedPolicy {
  const policy = find(name);
  if (policy === undefined) throw new PolicyError(`unknown policy "${name}"${nearest(name)}`);
  const { title, expected, expectedInterleaved } = policy;
  const kernelClass = (): KernelClass => kernelOf(policy);
  return {
    name,
    title,
    expected,
    expectedInterleaved,
    base: baseOf(policy),
    kernelClass,
    subject: () => new PolicySubject(name, kernelClass()),
  };
}

/**
 * Loads a user's policy from its file and sees that it works at all: that it can be imported, says
 * what it must, and that a machine boots and takes a call of every sort. `name`: the file as the
 * user wrote it; `path`: where it is.
 * Throws a PolicyError that names the file and what is wrong with it.
 */
export async function loadPolicyFile(name: string, path: string): Promise<LoadedPolicy> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new PolicyError(`${name}: no such file`);
  if (!found.isFile()) throw new PolicyError(`${name}: is not a file`);
  const candidate = candidateOf(name, await importDefault(name, path));
  const base = find(candidate.base);
  if (base === undefined) {
    const hint = nearest(candidate.base);
    throw new PolicyError(`${name}: base: "${candidate.base}" is no built-in policy${hint}`);
  }
  const build = (): KernelClass => classOf(name, path, kernelOf(base), candidate);
  const subject = (): Subject => new GuardedSubject(new PolicySubject(name, build()), path);
  refuseUnusable(name, path, kernelOf(base), build(), subject());
  return {
    name,
    title: candidate.title,
    expected: { ...base.expected, ...candidate.expected },
    expectedInterleaved: base.expectedInterleaved,
    base: base.name,
    subject,
    kernelClass: build,
  };
}

function find(name: string): Policy | undefined {
  return policies.find((policy) => policy.name === name);
}

/** The built-in policy that has the most of a policy's patches, in order, but not all of them. */
function baseOf({ patches }: Policy): string | null {
  const beginning = policies
    .filter((other) => other.patches.length < patches.length)
    .filter((other) => other.patches.every((patch, index) => patch === patches[index]))
    .sort((a, b) => b.patches.length - a.patches.length);
  return beginning[0]?.name ?? null;
}

function nearest(name: string): string {
  const names = policies.map((policy) => policy.name);
  return didYouMean(name, names) || '; "vmapcheck policies" lists what there is';
}

async function importDefault(name: string, path: string): Promise<unknown> {
  let module: unknown;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(path).href);
  } catch (error) {
    const text = thrownText(error)
      .replace(/^\w+: Transform failed with \d+ errors?: /, '')
      .replaceAll(path, name);
    throw new PolicyError(`${name}: cannot be loaded: ${text}${lineText(path, error)}`);
  }
  if (typeof module !== 'object' || module === null || !('default' in module)) {
    throw new PolicyError(`${name}: has no default export; it should be { base, title, apply }`);
  }
  return module.default;
}

/** The candidate's patches, each of which must give back a class derived from what it was given. */
function classOf(name: string, path: string, Base: KernelClass, candidate: Candidate): KernelClass {
  const steps = [
    ...(candidate.patches ?? []).map((patch) => ({ label: `patch ${patch.name}`, ...patch })),
    ...(candidate.apply === undefined ? [] : [{ label: 'apply', apply: candidate.apply }]),
  ];
  return steps.reduce<KernelClass>((Class, step) => {
    let result: unknown;
    try {
      result = step.apply(Class);
    } catch (error) {
      const what = `${step.label} fails: ${thrownText(error)}${lineText(path, error)}`;
      throw new PolicyError(`${name}: ${what}`);
    }
    if (isDerived(result, Class)) return result;
    const what = typeof result === 'function' ? 'a class that does not extend' : String(result);
    const instead = typeof result === 'function' ? '' : ', not a class that extends';
    throw new PolicyError(`${name}: ${step.label} returns ${what}${instead} the one it is given`);
  }, Base);
}

function isDerived(value: unknown, Base: KernelClass): value is KernelClass {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return value === Base || prototype instanceof Base;
}

/** Boots a machine and makes a few calls. */
function refuseUnusable(
  name: string,
  path: string,
  Base: KernelClass,
  Class: KernelClass,
  subject: Subject,
): void {
  let missing: string | null;
  try {
    missing = missingFunction(Base, Class);
  } catch (error) {
    const text = `${thrownText(error)}${lineText(path, error)}`;
    throw new PolicyError(`${name}: its kernel does not boot: ${text}`);
  }
  if (missing !== null) {
    throw new PolicyError(`${name}: its kernel lacks ${missing}(), or has no function there`);
  }
  try {
    smokeTest(subject);
  } catch (error) {
    if (!(error instanceof SubjectCrash)) throw error;
    const plain = error.message.includes('is not iterable') ? plainOverrides(Base, Class) : [];
    const hint = plain.map((each) => `; ${each}() is no generator: write *${each}()`).join('');
    throw new PolicyError(error.message + hint, { cause: error });
  }
}

function lineText(path: string, error: unknown): string {
  const line = lineIn(path, error);
  return line === null ? '' : ` (line ${line})`;
}
