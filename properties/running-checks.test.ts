import { describe, expect, it } from 'vitest';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { explore } from '../src/explore/explore.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { LIMIT } from './concurrent/bug.ts';
import { concurrentBugs } from './concurrent/index.ts';
import { properties } from './index.ts';
import { mutants } from './mutants/index.ts';
import { mutated } from './mutants/mutant.ts';

/** What is looked for while a machine runs: what it says, and the mistake that makes it say so. */
const CHECKS: readonly (readonly [check: string, says: RegExp, mistake: string])[] = [
  ['deadlock', /^deadlock: .* waits for flush_work/, 'helper-reclaims'],
  ['livelock', /^livelock: /, 'list-del-init'],
  ['lock order inversion', /^lock order inversion: /, 'queue-locked-before-block'],
  ['two locks of one class', /one of the same class is held/, 'two-node-locks'],
  ['sleeping in atomic context', /^sleeping in atomic context/, 'purge-under-spinlock'],
  ['unlocking what is not held', /unlocked by a task without it/, 'unlocked-twice'],
  ['use after free', /use after free/, 'no-grace-period'],
  ['read of an uninitialised field', /read of an uninitialised field/, 'published-first'],
  ['double free', /double free/, 'vm-struct-freed-twice'],
  ['a list changed without its lock', /without that list's lock/, 'lock-of-hashed-queue'],
];

interface Mistaken {
  readonly policy: Policy;
  readonly property: string;
  /** A case, as text. */
  readonly scenario: string;
}

/** The policy with a mistake, and the smallest scenario that shows it. */
function withMistake(patch: string): Mistaken {
  for (const { violated, property, scenario } of concurrentBugs) {
    const policy = violated.find(({ name }) => name.endsWith(`+${patch}`));
    if (policy !== undefined) return { policy, property, scenario };
  }
  const mutant = mutants.find((one) => one.patch.name === patch);
  if (mutant === undefined) throw new Error(`no mistake is called ${patch}`);
  return { policy: mutated(mutant), property: mutant.property, scenario: mutant.scenario };
}

describe('what is looked for while a machine runs', () => {
  it.each(CHECKS)('%s', (_check, says, mistake) => {
    const { policy, property, scenario } = withMistake(mistake);
    const found = explore(
      new PolicySubject(policy.name, kernelOf(policy)),
      parseCase(scenario).scenario,
      {
        strategy: { kind: 'bounded', bound: 1 },
        properties: properties.filter(({ name }) => name === property),
        limit: LIMIT,
      },
    );
    expect(found.verdict === 'violated' && found.detail).toMatch(says);
  });
});
