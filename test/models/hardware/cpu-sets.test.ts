import { describe, expect, it } from 'vitest';
import { ALL_CPUS, CpuSets, NO_CPU } from '../../../models/hardware/cpu-sets.ts';

describe('CpuSets', () => {
  it('loses one CPU after the other until none is left', () => {
    const sets = new CpuSets(70);
    let set = ALL_CPUS;
    for (let cpu = 0; cpu < 69; cpu++) {
      expect(sets.has(set, cpu)).toBe(true);
      set = sets.without(set, cpu);
      expect(sets.has(set, cpu)).toBe(false);
    }
    expect(sets.has(set, 69)).toBe(true);
    expect(sets.without(set, 69)).toBe(NO_CPU);
  });

  it('keeps a copy apart and compares by content', () => {
    const sets = new CpuSets(33);
    const one = sets.without(ALL_CPUS, 32);
    const copy = sets.copy(one);
    expect(sets.equal(one, copy)).toBe(true);
    expect(sets.equal(one, ALL_CPUS)).toBe(false);
    const smaller = sets.without(copy, 1);
    expect(sets.equal(one, smaller)).toBe(false);
    expect(sets.has(one, 1)).toBe(true);
    expect(sets.equal(sets.without(one, 0), smaller)).toBe(false);
  });

  it('reuses the slots of released and of emptied sets', () => {
    const sets = new CpuSets(2);
    const released = sets.without(ALL_CPUS, 0);
    sets.release(released);
    expect(sets.without(ALL_CPUS, 1)).toBe(released);
    expect(sets.without(released, 0)).toBe(NO_CPU);
    expect(sets.without(ALL_CPUS, 0)).toBe(released);
  });

  it('has one set only on one CPU', () => {
    const sets = new CpuSets(1);
    expect(sets.has(ALL_CPUS, 0)).toBe(true);
    expect(sets.without(ALL_CPUS, 0)).toBe(NO_CPU);
  });
});
