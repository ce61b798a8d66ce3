import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { DEFAULT_MACHINE, machineProblem } from '../../../src/scenario/machine.ts';
import { parseMachineSpec, printMachineSpec } from '../../../src/scenario/machine-text.ts';

describe('parseMachineSpec', () => {
  it('gives the default machine for nothing', () => {
    expect(parseMachineSpec('')).toEqual(DEFAULT_MACHINE);
    expect(machineProblem(DEFAULT_MACHINE)).toBeNull();
  });

  it('reads every key', () => {
    const spec =
      'cpus=0,2 online=0 vmalloc=8589934592 modules=16 ram=1024 block=1024 ' +
      'max-alloc=64 lazy-max=0 nodes=4 zone=8 direct-map=-372095 arch=arm64-rangetlbi';
    const machine = parseMachineSpec(spec);
    expect(machine).toEqual({
      possibleCpus: [0, 2],
      onlineCpus: [0],
      vmallocPages: 2 ** 33,
      modulesPages: 16,
      ramPages: 1024,
      vmapBbmapBits: 1024,
      vmapMaxAlloc: 64,
      lazyMaxPages: 0,
      vmapNodes: 4,
      zonePages: 8,
      directMapVpn: -372_095,
      arch: 'arm64-rangetlbi',
    });
    expect(printMachineSpec(machine)).toBe(spec);
  });

  it('takes all possible CPUs for online unless told otherwise', () => {
    expect(parseMachineSpec('cpus=0,3').onlineCpus).toEqual([0, 3]);
    expect(parseMachineSpec('online=1').onlineCpus).toEqual([1]);
  });

  it.each([
    ['cpus', '"cpus" is not key=value'],
    ['cpu=2', 'unknown key "cpu"; did you mean "cpus"?'],
    ['constructor=2', 'unknown key "constructor"'],
    ['cpus=2 cpus=2', 'cpus is given twice'],
    ['cpus=0', 'cpus: "0" is not within 1..4096'],
    ['cpus=4097', 'cpus: "4097" is not within 1..4096'],
    ['cpus=1,3', 'cpus: cpu0, which boots the machine, must be among them'],
    ['online=7', 'online: cpu7 is not one of the possible CPUs'],
    ['vmalloc=0', 'vmalloc: must be a whole number of 1..8589934592 pages'],
    ['vmalloc=8589934593', 'vmalloc: must be a whole number'],
    ['vmalloc=99999999999999999999', 'vmalloc: "99999999999999999999" is not within'],
    ['vmalloc=', 'vmalloc: "" is not a number'],
    ['ram=-1', 'ram: "-1" is not a number'],
    ['block=6', 'block: 6 must be a power of two, at least 4 as max-alloc is 2'],
    ['block=2', 'block: 2 must be a power of two, at least 4 as max-alloc is 2'],
    ['block=2048', 'block: must be a whole number of 2..1024 pages'],
    ['max-alloc=3', 'block: 4 must be a power of two, at least 8 as max-alloc is 3'],
    ['max-alloc=513 block=1024', 'max-alloc: must be a whole number of 1..512 pages'],
    ['nodes=0', 'nodes: must be a whole number of 1..128 nodes'],
    ['zone=0', 'zone: must be a whole number of 1..1024 pages'],
    ['direct-map=-x', 'direct-map: "x" is not a number'],
    ['direct-map=1', 'direct-map: must be a whole number of -1099511627776..-1 as a page'],
    ['ram=64 direct-map=-64', 'direct-map: -64 leaves no place for ram below page 0'],
    ['arch=x86', 'arch: "x86" is not one of x86_64, x86_64-invlpgb'],
  ])('refuses "%s"', (spec, problem) => {
    expect(() => parseMachineSpec(spec, 7)).toThrow(ScenarioError);
    expect(() => parseMachineSpec(spec, 7)).toThrow(`line 7: `);
    expect(() => parseMachineSpec(spec, 7)).toThrow(problem);
  });
});

describe('printMachineSpec', () => {
  it('says cpus, vmalloc, block and max-alloc, and leaves the other defaults out', () => {
    expect(printMachineSpec(DEFAULT_MACHINE)).toBe('cpus=2 vmalloc=64 block=4 max-alloc=2');
  });
});
