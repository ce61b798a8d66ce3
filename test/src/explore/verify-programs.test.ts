import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { noRecheck } from '../../../properties/concurrent/block-mistakes.ts';
import { named, withPatches } from '../../../properties/concurrent/bug.ts';
import { properties } from '../../../properties/index.ts';
import { explore } from '../../../src/explore/explore.ts';
import { ProgramList, verifyPrograms } from '../../../src/explore/verify-programs.ts';
import { parseMachineSpec } from '../../../src/scenario/machine-text.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';

const subjectOf = (policy: Policy) => new PolicySubject(policy.name, kernelOf(policy));
const watched = properties.filter(({ name }) => name === 'object-lifetime');

/** Two tasks on one CPU that fill blocks of two pages. */
const FILL = {
  tasks: 2,
  operations: 2,
  calls: ['vm_map_ram'],
  machines: [parseMachineSpec('cpus=1 vmalloc=8 block=2 max-alloc=1')],
} as const;

const ALL = { from: 0, to: 1_000, properties: [] };

describe('verifying programs', () => {
  it('finds the mutant that does not look at vb->free again, and nothing without it', () => {
    const v65 = named(policies, 'v6.5');
    const mutant = subjectOf(withPatches(v65, noRecheck));
    const found = verifyPrograms(mutant, new ProgramList(FILL), ALL, watched, 1_000);
    const { violation } = found;
    expect(violation?.property).toBe('object-lifetime');
    // The least program that violates: none before it does.
    const programs = new ProgramList(FILL);
    const options = { strategy: { kind: 'dpor' }, properties: watched, limit: 1_000 } as const;
    for (let index = 0; index <= (violation?.program ?? 0); index++) {
      const scenario = programs.at(index)?.scenario;
      if (scenario === undefined) throw new Error('there is no such program');
      const { verdict } = explore(mutant, scenario, options);
      expect(verdict).toBe(index === violation?.program ? 'violated' : 'holds');
    }
    const to = (violation?.program ?? 0) + 1;
    const until = { from: 0, to, properties: [] };
    const held = verifyPrograms(subjectOf(v65), new ProgramList(FILL), until, watched, 1_000);
    expect([held.violation, held.next, held.cut]).toEqual([null, to, 0]);
  });

  it('counts the programs that have more interleavings than were to be run', () => {
    const exact = subjectOf(named(policies, 'exact'));
    const cut = verifyPrograms(exact, new ProgramList(FILL), ALL, watched, 1);
    expect(cut.isEnd).toBe(true);
    expect(cut.cut).toBe(cut.next);
    expect(cut.interleavings).toBe(cut.next);
  });
});

describe('a list of programs', () => {
  it('has each at its place, whatever order they are asked for in', () => {
    const inOrder = new ProgramList(FILL);
    const all = Array.from({ length: 20 }, (_, index) => inOrder.at(index));
    const list = new ProgramList(FILL);
    for (const index of [7, 7, 3, 15, 0, 19, 18]) expect(list.at(index)).toEqual(all[index]);
    expect([list.at(5_000), list.at(5_001)]).toEqual([null, null]);
    expect(list.at(2)).toEqual(all[2]);
  });
});
