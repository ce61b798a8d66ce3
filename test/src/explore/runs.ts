import type { Machine } from '../../../models/hardware/machine.ts';
import type { KernelClass } from '../../../models/kernel/kernel.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';
import type { Property, Watcher } from '../../../properties/property.ts';
import { CheckedRun, type Step } from '../../../src/explore/checked-run.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';

export function subjectOf(policy: Policy = v6_5): PolicySubject {
  return new PolicySubject(policy.name, kernelOf(policy));
}

/** A subject with a mistake in it. */
export function subjectWith(apply: (Base: KernelClass) => KernelClass): PolicySubject {
  return new PolicySubject('v6.5 with a mistake', apply(kernelOf(v6_5)));
}

/** A run of v6.5 on the default machine, without properties unless told. */
export function newRun(fields: Partial<Machine> = {}, properties: Property[] = []): CheckedRun {
  return new CheckedRun(subjectOf(), { ...DEFAULT_MACHINE, ...fields }, properties);
}

export function operations(...texts: string[]): Operation[] {
  return texts.map((text) => parseOperation(text));
}

/** Runs operations written as in a case; returns what became of them. */
export function steps(run: CheckedRun, ...texts: string[]): Step[] {
  return operations(...texts).map((operation) => run.step(operation));
}

/** The same, the kind of each step only. */
export function kinds(run: CheckedRun, ...texts: string[]): string[] {
  return steps(run, ...texts).map(({ kind }) => kind);
}

/** A property that watches as told. */
export function watcher(
  watch: (violated: (detail: string) => void) => Watcher,
  name = 'watcher',
): Property {
  return {
    name,
    kind: 'safety',
    invariant: '',
    prose: '',
    source: '',
    interleaved: 'always',
    underConcurrency: '',
    watch: (_world, violated) => watch(violated),
  };
}
