import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstCpus,
  parseCpuList,
  parsePossibleCpus,
  printCpuList,
  printPossibleCpus,
} from '../../../src/scenario/cpu-list.ts';

describe('CPU lists', () => {
  it.each([
    ['0', [0]],
    ['0,2', [0, 2]],
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['4095', [4095]],
  ])('reads %s', (text, cpus) => {
    expect(parseCpuList(text, 'online', 3)).toEqual(cpus);
    expect(printCpuList(cpus)).toBe(text);
  });

  it.each(['2,0', '0,0', '3-1', '0-2,1'])('refuses %s, which does not ascend', (text) => {
    expect(() => parseCpuList(text, 'online', 3)).toThrow(/^line 3: online: .*do not ascend$/);
  });

  it.each(['', ',', '0,', '-1', '0-', 'a', '0-1-2', '1e3', '0x1'])('refuses "%s"', (text) => {
    expect(() => parseCpuList(text, 'online', 3)).toThrow(/^line 3: online: .*is not a number$/);
  });

  it('refuses a huge CPU before it makes a list of it', () => {
    expect(() => parseCpuList('0-99999999999', 'cpus', 1)).toThrow(
      'line 1: cpus: "99999999999" is not within 0..4095',
    );
  });
});

describe('possible CPUs', () => {
  it('are a count when there are no holes, and a list otherwise', () => {
    expect(parsePossibleCpus('4', 'cpus', 1)).toEqual([0, 1, 2, 3]);
    expect(printPossibleCpus(firstCpus(4096))).toBe('4096');
    expect(printPossibleCpus([0, 2])).toBe('0,2');
    expect(printPossibleCpus([0])).toBe('1');
  });

  it('come back as they were printed', () => {
    const masks = fc.uniqueArray(fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(masks, (mask) => {
        const cpus = [0, ...mask.toSorted((a, b) => a - b)];
        expect(parsePossibleCpus(printPossibleCpus(cpus), 'cpus', 1)).toEqual(cpus);
        expect(parseCpuList(printCpuList(cpus), 'online', 1)).toEqual(cpus);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
