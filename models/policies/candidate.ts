import type { KernelClass } from '../kernel/kernel.ts';
import type { Expectation, Patch } from './policy.ts';

/** What the file of a user's own policy exports by default: a built-in policy, changed. */
export interface Candidate {
  /** Name of the built-in policy it changes, such as `v6.5`. */
  readonly base: string;
  /** What it does, in one line, as in the subject of a mail. */
  readonly title: string;
  /** Commit or mail it comes from. */
  readonly source?: string | undefined;
  /** The change, as one patch. */
  readonly apply?: ((Base: KernelClass) => KernelClass) | undefined;
  /** The change as a series, applied in order, before `apply`. */
  readonly patches?: readonly Patch[] | undefined;
  /** By property name, where it is expected to do otherwise than its base. */
  readonly expected?: Readonly<Record<string, Expectation>> | undefined;
}
