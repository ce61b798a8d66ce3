import type { Witness, WitnessedStep, WitnessedViolation } from './witness.ts';

/** Tells a violation, in sentences; `step` is the operation it was seen in. */
export type Story = (seen: Witness, step: WitnessedStep, violation: WitnessedViolation) => string[];

/** An operation by its number in the listing, at the head of a sentence. */
export function operationAt(index: number): string {
  return `Operation ${index + 1}`;
}
