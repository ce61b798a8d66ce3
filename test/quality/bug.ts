import { kernelOf, type Policy } from '../../models/policies/policy.ts';
import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import type { Certificate } from '../../src/minimize/certificate.ts';
import type { Effort } from '../../src/minimize/minimize.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { PolicySubject } from '../../src/subject/policy-subject.ts';

/** What a search from one seed came down to. */
export interface Ending {
  /** With the schedule, if there is one. */
  readonly scenario: Scenario;
  readonly certificate: Certificate | null;
}

/** A bug whose counterexamples are to come down to one. */
export interface Bug {
  readonly name: string;
  readonly property: string;
  /** Finds a violation from a seed and minimises it, as `check` or `explore` does. */
  endingOf(seed: number, effort?: Effort): Ending;
}

/** The property of a name. Throws RangeError if there is none. */
export function propertyOf(name: string): Property {
  const property = properties.find((one) => one.name === name);
  if (property === undefined) throw new RangeError(`no property is called ${name}`);
  return property;
}

/** What runs a policy. */
export function subjectOf(policy: Policy): PolicySubject {
  return new PolicySubject(policy.name, kernelOf(policy));
}
