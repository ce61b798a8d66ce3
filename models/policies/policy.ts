import { Kernel, type KernelClass } from '../kernel/kernel.ts';

/** One change to the kernel, written the way a patch is: it overrides what the C patch touches. */
export interface Patch {
  /** Short name, as in a file name. */
  readonly name: string;
  /** Subject line of the C patch. */
  readonly title: string;
  /** Commit or mail it comes from. */
  readonly source: string;
  readonly apply: (Base: KernelClass) => KernelClass;
}

/** What a policy is expected to do for one property, and who says so. */
export interface Expectation {
  readonly verdict: 'holds' | 'violated';
  readonly source: string;
}

/** A kernel version plus a series of patches: what is being judged. */
export interface Policy {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** From v6.1 to here, in the order they apply. */
  readonly patches: readonly Patch[];
  /** By property name; a property that is not named here is expected to hold. */
  readonly expected: Readonly<Record<string, Expectation>>;
  /**
   * The same for runs of several tasks: what they show and one task at a time does not. Expected
   * besides is whatever `expected` says.
   */
  readonly expectedInterleaved: Readonly<Record<string, Expectation>>;
}

/** The kernel class of a policy: its patches applied in order to v6.1. */
export function kernelOf(policy: Policy): KernelClass {
  return policy.patches.reduce<KernelClass>((Base, patch) => patch.apply(Base), Kernel);
}
