import { Kernel, type KernelClass } from '../../../models/kernel/kernel.ts';
import type { Patch } from '../../../models/policies/policy.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';

/** v6.1 with the patches of v6.5 that come before this one. */
export function withoutPatch(patch: Patch): KernelClass {
  const at = v6_5.patches.indexOf(patch);
  if (at < 0) throw new Error(`${patch.name} is no patch of v6.5`);
  return v6_5.patches.slice(0, at).reduce<KernelClass>((Base, one) => one.apply(Base), Kernel);
}

/** The same with this patch too. */
export function withPatch(patch: Patch): KernelClass {
  return patch.apply(withoutPatch(patch));
}
