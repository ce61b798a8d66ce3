import { expect, it } from 'vitest';
import { properties } from '../../../properties/index.ts';
import { readArguments } from '../../../src/cli/arguments.ts';
import { CHECK_OPTIONS, readCheckOptions } from '../../../src/cli/check-options.ts';

const read = (...args: string[]) => readCheckOptions(readArguments(args, CHECK_OPTIONS));

it('says nothing of the machine where no option does', () => {
  expect(read()).toEqual({
    properties,
    runs: 20_000,
    maxOps: 40,
    seed: 1,
    machine: {},
    shrink: true,
    certify: 20_000,
  });
});

it('takes half a block for VMAP_MAX_ALLOC unless told otherwise', () => {
  expect(read('--block', '16').machine).toEqual({ vmapBbmapBits: 16, vmapMaxAlloc: 8 });
  expect(read('--block', '16', '--max-alloc', '3').machine.vmapMaxAlloc).toBe(3);
});

it('fixes CPUs, architecture and the length of the search', () => {
  const options = read('--cpus', '3', '--arch=arm64', '--runs=7', '--max-ops', '9', '--seed', '0');
  expect(options.machine).toEqual({ possibleCpus: [0, 1, 2], arch: 'arm64' });
  expect([options.runs, options.maxOps, options.seed]).toEqual([7, 9, 0]);
});

it('takes a property once, however often it is named', () => {
  const names = ['flush-exact', 'locking', 'flush-exact'].flatMap((name) => ['--property', name]);
  expect(read(...names).properties.map(({ name }) => name)).toEqual(['flush-exact', 'locking']);
});
