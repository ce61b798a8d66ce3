import type { Patch, Policy } from '../../models/policies/policy.ts';

/** A mistake that takes two tasks, or that two tasks make worse, and a small scenario for it. */
export interface ConcurrentBug {
  /** What goes wrong, in a few words. */
  readonly name: string;
  /** Who found it, or where it is to be read. */
  readonly source: string;
  /** Name of the property that notices. */
  readonly property: string;
  /** A case of two tasks or more, as text. */
  readonly scenario: string;
  /** Policies that have it. */
  readonly violated: readonly Policy[];
  /** Policies that do not have it any more, or not yet: in no interleaving whatever. */
  readonly holds: readonly Policy[];
  /** The same, where all interleavings are too many: in none with as few preemptions. */
  readonly holdsSoFar?: readonly Policy[];
  /** The fewest preemptions that show it. */
  readonly preemptions: number;
}

/** Interleavings within which each of them is found. */
export const LIMIT = 500;
/** Interleavings, up to the order of steps that commute, that show that it is not there. */
export const LIMIT_OF_ALL = 2_000;

/** A task's CPU, then its operations. */
type TaskText = readonly [cpu: string, ...operations: string[]];

/** A case of several tasks. */
export function tasks(machine: string, ...programs: readonly TaskText[]): string {
  const lines = programs.flatMap(([cpu, ...operations]) => [`task on ${cpu}`, ...operations]);
  return ['vmapcheck case 1', `machine ${machine}`, ...lines, 'end'].join('\n');
}

/** A policy with more patches. */
export function withPatches(base: Policy, ...patches: readonly Patch[]): Policy {
  return {
    ...base,
    name: [base.name, ...patches.map(({ name }) => name)].join('+'),
    patches: [...base.patches, ...patches],
  };
}

/** The built-in policy of a name. Throws RangeError if there is none. */
export function named(policies: readonly Policy[], name: string): Policy {
  const found = policies.find((policy) => policy.name === name);
  if (found === undefined) throw new RangeError(`no policy is called ${name}`);
  return found;
}
