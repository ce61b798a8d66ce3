import { policies } from '../../models/policies/index.ts';

const VERSION = /^v?(\d+)\.(\d+)/;

/**
 * The name of the built-in version that models a kernel, which is given as `uname -r` has it: the
 * version itself, or the latest one before it. Null if it is older than all of them.
 */
export function policyOfKernel(kernel: string): string | null {
  const wanted = versionOf(kernel);
  let best: string | null = null;
  let latest = -1;
  for (const { name } of policies) {
    const version = name.startsWith('v') ? versionOf(name) : null;
    if (version === null || wanted === null || version > wanted || version <= latest) continue;
    best = name;
    latest = version;
  }
  return best;
}

/** Whether a kernel, given as `uname -r` has it, is of this version or a later one. */
export function isFromVersion(kernel: string, version: string): boolean {
  return (versionOf(kernel) ?? 0) >= (versionOf(version) ?? 0);
}

/** A version as one number, in order. */
function versionOf(text: string): number | null {
  const found = VERSION.exec(text);
  return found === null ? null : Number(found[1]) * 1_000 + Number(found[2]);
}
