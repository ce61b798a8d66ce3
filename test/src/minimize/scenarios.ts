import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { properties } from '../../../properties/index.ts';
import { violationOf } from '../../../src/explore/run-scenario.ts';
import { canonical } from '../../../src/minimize/canonical.ts';
import { operationsOf } from '../../../src/minimize/edit.ts';
import { Oracle, Search } from '../../../src/minimize/search.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';

/** The smallest machine of one CPU. */
export const TINY = 'cpus=1 vmalloc=64 block=2 max-alloc=1';

/** A scenario of one task, written as in a case; operations are parted by semicolons. */
export function scenarioOf(machine: string, operations: string, cpu = 0): Scenario {
  const lines = ['vmapcheck case 1', `machine ${machine}`, `task on cpu${cpu}`];
  return parseCase([...lines, ...operations.split(';'), 'end', ''].join('\n')).scenario;
}

/** The operations as they are printed. */
export function listing(scenario: Scenario): string[] {
  return operationsOf(scenario).map(printOperation);
}

/** Machine and operations as they are printed. */
export function printed(scenario: Scenario): string {
  return printCase({ policy: null, property: null, scenario, observed: [], certificate: [] });
}

/** Whether a text can be found in a scenario: the predicate of tests that need no kernel. */
export function mentions(...texts: string[]): (scenario: Scenario) => boolean {
  return (scenario) => texts.every((text) => printed(scenario).includes(text));
}

/** What one pass makes of a scenario. */
export function reduced(
  start: Scenario,
  stillViolates: (scenario: Scenario) => boolean,
  pass: (search: Search) => void,
): Scenario {
  const search = new Search(start, new Oracle(stillViolates, 20_000));
  pass(search);
  return search.current;
}

/** What a pass offers, as it would be run: names canonical. */
export function offers(candidates: Iterable<Scenario>): string[] {
  return [...candidates].map((candidate) => printed(canonical(candidate)));
}

/** The subject and property of these names, and whether a scenario violates. */
export function judge(policyName: string, propertyName: string) {
  const policy = policies.find(({ name }) => name === policyName);
  const property = properties.find(({ name }) => name === propertyName);
  if (policy === undefined || property === undefined) {
    throw new Error(`no policy ${policyName} or no property ${propertyName}`);
  }
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  const violates = (scenario: Scenario): boolean =>
    violationOf(subject, scenario, property) !== null;
  return { subject, property, violates };
}
