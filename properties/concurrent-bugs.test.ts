import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf, type Policy } from '../models/policies/policy.ts';
import { explore } from '../src/explore/explore.ts';
import type { Exploration } from '../src/explore/explorer.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { watcher } from '../test/src/explore/runs.ts';
import { LIMIT, LIMIT_OF_ALL, named, tasks } from './concurrent/bug.ts';
import { concurrentBugs } from './concurrent/index.ts';
import { interleavedProperties, properties } from './index.ts';
import type { Property } from './property.ts';

/** The interleavings of a case with at most so many preemptions, or every one. */
function explored(
  policy: Policy,
  scenario: string,
  watched: readonly Property[],
  bound: number | 'every',
): Exploration {
  const subject = new PolicySubject(policy.name, kernelOf(policy));
  return explore(subject, parseCase(scenario).scenario, {
    strategy: bound === 'every' ? { kind: 'dpor' } : { kind: 'bounded', bound },
    properties: watched,
    limit: bound === 'every' ? LIMIT_OF_ALL : LIMIT,
  });
}

/** What is watched of a policy: not what one task alone shows already. */
function held({ expected }: Policy): readonly Property[] {
  return interleavedProperties.filter(({ name }) => expected[name]?.verdict !== 'violated');
}

describe('the bugs that take two tasks', () => {
  for (const bug of concurrentBugs) {
    const { name, property, scenario, violated, holds, holdsSoFar = [], preemptions } = bug;
    const watched = properties.filter((one) => one.name === property);

    it.each(violated)(`${name}: $name, from ${preemptions} preemptions on`, (policy) => {
      if (preemptions > 0) {
        expect(explored(policy, scenario, watched, preemptions - 1).verdict).toBe('holds');
      }
      const found = explored(policy, scenario, watched, preemptions);
      expect(found.verdict === 'violated' && found.property.name).toBe(property);
    });

    it.each(holds)(`${name}: in no interleaving on $name`, (policy) => {
      expect(explored(policy, scenario, watched, 'every').verdict).toBe('holds');
    });

    it.each(holdsSoFar)(`${name}: not with ${preemptions} preemptions on $name`, (policy) => {
      expect(explored(policy, scenario, watched, preemptions).verdict).toBe('holds');
    });
  }
});

describe('the race of the all-dirty block', () => {
  const [race] = concurrentBugs;

  it.each(race?.holds ?? [])('is in no interleaving whatever on $name', (policy) => {
    expect(race?.property).toBe('no-stale-alias');
    expect(explored(policy, race?.scenario ?? '', held(policy), 'every').verdict).toBe('holds');
  });
});

describe('what looks like one of them', () => {
  it('fill_in_progress of mail 5: in every interleaving at most one chunk too many', () => {
    const policy = named(policies, 'mail5-zones');
    const left = new Set<number>();
    const prefetched = watcher(() => ({
      state({ pooled }) {
        let pages = 0;
        for (let i = 0; i < pooled.length; i += 2) pages += (pooled[i + 1] ?? 0) - (pooled[i] ?? 0);
        left.add(pages);
      },
    }));
    const scenario = tasks(
      'cpus=2 vmalloc=128 zone=16',
      ['cpu0', 'A = vmalloc(1)'],
      ['cpu0', 'B = vmalloc(1)'],
    );
    expect(explored(policy, scenario, [...held(policy), prefetched], 'every').verdict).toBe(
      'holds',
    );
    // Chunks of 16 pages; each area takes two, from a chunk or, beside a fill, from the heap.
    expect([...left].sort((a, b) => a - b)).toEqual([12, 14, 28]);
  });

  it('used bits that are cleared late, mail 4: a read beside vm_unmap_ram sees zeroes', () => {
    const policy = named(policies, 'mail4-used-bit-late');
    const watched = properties.filter(({ name }) =>
      ['vread-exact', 'object-lifetime', 'flush-before-reuse'].includes(name),
    );
    const scenario = tasks(
      'cpus=2 vmalloc=8 block=4 max-alloc=2',
      ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)'],
      ['cpu1', 'vread(A, 1)'],
    );
    expect(explored(policy, scenario, watched, 'every').verdict).toBe('holds');
  });
});
