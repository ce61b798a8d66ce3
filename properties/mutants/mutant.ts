import type { Machine } from '../../models/hardware/machine.ts';
import type { Patch, Policy } from '../../models/policies/policy.ts';
import type { Call } from '../../src/subject/port.ts';

/** A wrong kernel, and the property that must notice. */
export interface Mutant {
  /** Name of the property it breaks. */
  readonly property: string;
  /** The mistake, written as a patch. */
  readonly patch: Patch;
  /** What the patch is applied to. The property holds there, at least in the scenarios below. */
  readonly base: Policy;
  /** A case, as text: with the patch it violates the property, without it does not. */
  readonly scenario: string;
  /** The scenarios to generate for it; null: the base violates the property in too many of them. */
  readonly search: Search | null;
}

/**
 * Which generated scenarios count. The base holds the property in them: where it does not hold it
 * in all scenarios, these are the ones that keep clear of the reason.
 */
export interface Search {
  /** The machine; what is not said varies. */
  readonly machine?: Partial<Machine>;
  /** The calls looked at: from the first other one on, the rest of a scenario is not. */
  readonly kinds?: readonly Call['kind'][];
}

/** The policy with the mistake in it. */
export function mutated({ base, patch }: Mutant): Policy {
  return {
    ...base,
    name: `${base.name}+${patch.name}`,
    title: `${base.title} + ${patch.title}`,
    source: patch.source,
    patches: [...base.patches, patch],
  };
}

/** A case for one task on cpu0. */
export function scenario(machine: string, ...operations: readonly string[]): string {
  const head = ['vmapcheck case 1', `machine ${machine}`, 'task on cpu0'];
  return [...head, ...operations, 'end'].join('\n');
}

/** A machine on which blocks of 4 pages serve regions of up to 2. */
export const SMALL = 'cpus=2 vmalloc=64 block=4 max-alloc=2';
