import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MACHINE_LIMITS } from '../../../models/hardware/machine.ts';
import {
  draftArbitrary,
  draftOf,
  KIND_URN,
  machineArbitrary,
} from '../../../src/explore/arbitraries.ts';
import { DRAFT_KINDS } from '../../../src/explore/draft.ts';
import { machineProblem } from '../../../src/scenario/machine.ts';

describe('machineArbitrary', () => {
  it('makes machines that can be booted, small ones and of many kinds', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(machineArbitrary({}), (machine) => {
        expect(machineProblem(machine)).toBeNull();
        const { possibleCpus, onlineCpus, vmallocPages } = machine;
        if (vmallocPages === MACHINE_LIMITS.vmallocPages) seen.add('the largest space');
        else expect(vmallocPages).toBeLessThan(100);
        if (possibleCpus.length > onlineCpus.length) seen.add('a CPU is offline');
        if (possibleCpus.some((cpu, index) => cpu !== index)) seen.add('a hole in the mask');
        if (possibleCpus.length === 1) seen.add('one CPU');
        if (machine.modulesPages > 0) seen.add('a module range');
        seen.add(machine.arch);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(seen.size).toBe(5 + 8);
  });

  it('keeps the fields it is given, and fits the others to them', () => {
    const fixed = { vmapBbmapBits: 64, possibleCpus: [0, 5], arch: 's390' } as const;
    fc.assert(
      fc.property(machineArbitrary(fixed), (machine) => {
        expect(machine).toMatchObject(fixed);
        expect(machineProblem(machine)).toBeNull();
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('drafts', () => {
  it('can be of every kind, bad calls among them but seldom', () => {
    expect(new Set(KIND_URN)).toEqual(new Set(DRAFT_KINDS));
    const share = (kind: string) => KIND_URN.filter((one) => one === kind).length / KIND_URN.length;
    expect(share('vm_map_ram')).toBeGreaterThan(0.15);
    expect(share('unmap again')).toBeLessThan(0.005);
  });

  it('have operands of all the bits they are made of', () => {
    expect(draftOf(0, 0xffffffff)).toMatchObject({ pick: 0xfff, size: 0x3ff, extra: 0x3ff });
    expect(draftOf(0, 0)).toMatchObject({ pick: 0, size: 0, extra: 0 });
    expect(draftOf(0, 1 << 12)).toMatchObject({ pick: 0, size: 1, extra: 0 });
    expect(draftOf(0, 1 << 22)).toMatchObject({ pick: 0, size: 0, extra: 1 });
  });

  it('are drawn of all kinds', () => {
    const kinds = fc.sample(draftArbitrary(), { seed: 1, numRuns: 5000 }).map(({ kind }) => kind);
    expect(new Set(kinds).size).toBeGreaterThan(DRAFT_KINDS.length - 4);
  });
});
