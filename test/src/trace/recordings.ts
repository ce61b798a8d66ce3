import type { KernelClass } from '../../../models/kernel/kernel.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import type { Recording } from './recorder.ts';

/** The kernel of a built-in policy. */
export function kernelNamed(name: string): KernelClass {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return kernelOf(policy);
}

/** A recording of a machine that is neither of those in traces/, as far as it is not said. */
export function recordingOf(name: string, given: Partial<Recording> = {}): Recording {
  return {
    base: kernelNamed(name),
    kernel: `${name.slice(1)}.7-test`,
    cpus: 2,
    nodes: 1,
    blockPages: 64,
    lazyMaxPages: 300,
    tasks: 2,
    calls: 25,
    rounds: 4,
    burst: 8,
    preemption: 40,
    rest: 6,
    seed: 1,
    ...given,
  };
}
