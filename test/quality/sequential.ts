import type { Machine } from '../../models/hardware/machine.ts';
import { policies } from '../../models/policies/index.ts';
import type { Policy } from '../../models/policies/policy.ts';
import { named } from '../../properties/concurrent/bug.ts';
import { mutants } from '../../properties/mutants/index.ts';
import { mutated } from '../../properties/mutants/mutant.ts';
import { checkPolicy } from '../../src/explore/check-policy.ts';
import { violationOf } from '../../src/explore/run-scenario.ts';
import { minimize } from '../../src/minimize/minimize.ts';
import type { Known } from '../../src/minimize/small-scope.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type Bug, propertyOf, subjectOf } from './bug.ts';

/** What is known of real kernels and of patches from the mails. */
const OF_POLICIES: readonly (readonly [policy: string, property: string])[] = [
  ['v6.4', 'no-stale-alias'],
  ['rfc-3of3', 'no-stale-alias'],
  ['mail1-skip-blocks', 'flush-before-reuse'],
  ['v6.4', 'flushed-exactly-once'],
  ['v6.5', 'flushed-exactly-once'],
  ['v6.4', 'flush-exact'],
  ['v6.4', 'no-premature-purge'],
  ['v6.1', 'vread-exact'],
  ['v6.4', 'vread-exact'],
  ['v6.4', 'object-lifetime'],
  ['v6.5', 'object-lifetime'],
  ['v6.5', 'block-integrity'],
  ['mail3-int-counter', 'lazy-count'],
  ['v5.0', 'lazy-count'],
  ['v6.9', 'first-fit'],
];

/** Seeds are this far apart, as each counts on through the runs of one check. */
const SEED_DISTANCE = 100_003;

/** As many runs as `check` makes, and as long ones. */
const RUNS = 20_000;
const MAX_OPS = 40;

/** The bugs that one task shows: of policies, and the mutants that are searched for anywhere. */
export const sequentialBugs: readonly Bug[] = [
  ...OF_POLICIES.map(([name, property]) => bug(named(policies, name), property, name, {})),
  ...mutants.flatMap((mutant) => {
    const { search, property, patch } = mutant;
    if (search === null || search.kinds !== undefined) return [];
    return [bug(mutated(mutant), property, patch.name, search.machine ?? {})];
  }),
];

function bug(policy: Policy, propertyName: string, name: string, machine: Partial<Machine>): Bug {
  const property = propertyOf(propertyName);
  const subject = subjectOf(policy);
  const violates = (scenario: Scenario) => violationOf(subject, scenario, property) !== null;
  const known: Known = new Map();
  return {
    name,
    property: property.name,
    endingOf(seed, effort = {}) {
      const { verdicts } = checkPolicy(subject, {
        properties: [property],
        runs: RUNS,
        maxOps: MAX_OPS,
        seed: seed * SEED_DISTANCE,
        machine,
        shrink: true,
        certify: 0,
      });
      const [verdict] = verdicts;
      if (verdict?.verdict !== 'violated') throw new Error(`${name}: seed ${seed} finds nothing`);
      // As check goes on by itself, only that no seed need try what another one has tried.
      return minimize(verdict.scenario, violates, { known, ...effort });
    },
  };
}
