import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/report/explain/explain.ts';
import { FULL_BLOCK, propertyOf, SMALL, scenarioOf, subjectOf } from './scenarios.ts';

function explained(policy: string, property: string, ...operations: string[]) {
  const scenario = scenarioOf(SMALL, ...operations);
  return explain(subjectOf(policy), scenario, propertyOf(property));
}

const parting = (policy: string, property: string, ...operations: string[]): string =>
  explained(policy, property, ...operations)?.why.find((text) => text.includes('part')) ?? '';

describe('where policy and promise part is seen in the execution', () => {
  it('a block that is not looked at', () => {
    expect(parting('v6.4', 'no-stale-alias', ...FULL_BLOCK)).toBe(
      'Policy and promise part in _vm_unmap_aliases(): it locks no block, so it cannot ' +
        'see that range.',
    );
  });

  it('another block that is', () => {
    const other = [...FULL_BLOCK.slice(0, 3), 'C = vm_map_ram(1)', 'vm_unmap_aliases()'];
    expect(parting('v6.4', 'no-stale-alias', ...other)).toBe(
      'Policy and promise part in _vm_unmap_aliases(): it locks block 2 only, so it ' +
        'cannot see that range.',
    );
  });

  it('a block that is looked at and left out', () => {
    const few = ['A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'];
    expect(parting('mail1-hold-flush', 'no-stale-alias', ...few)).toBe(
      'Policy and promise part in _vm_unmap_aliases(): it locks block 0 and leaves that ' +
        'range out of the flush.',
    );
  });

  it('a function that fails', () => {
    const scenario = scenarioOf('cpus=1 vmalloc=11 block=4 max-alloc=1', ...FAILING);
    const told = explain(subjectOf('v6.4'), scenario, propertyOf('no-spurious-failure'));
    expect(told?.why).toEqual([
      'Policy and promise part in operation 4, in __get_vm_area_node() > alloc_vmap_area(), ' +
        'which returns NULL or an error.',
      'Free before it: 2-4, 8-10.',
    ]);
  });
});

const FAILING = [
  'A = get_vm_area(1)',
  'B = vm_map_ram(1)',
  'C = pcpu_get_vm_areas(0+1)',
  'D = vmalloc(1, align=4)',
];

describe('what an operation is needed for', () => {
  it('shows when it is left out', () => {
    expect(explained('v6.4', 'no-stale-alias', ...FULL_BLOCK)?.without).toEqual([
      {
        what: 'Without 1 or 3',
        each: ['1', '3'],
        instead: 'no page is stale when vm_unmap_aliases() is called',
      },
      {
        what: 'Without 2',
        each: ['2'],
        instead: 'vm_unmap_aliases() flushes 0-2 (2 pages, 1 dirty)',
      },
    ]);
  });

  it('is nothing, for one that is not needed', () => {
    const more = ['X = vmalloc(1)', ...FULL_BLOCK];
    expect(explained('v6.4', 'no-stale-alias', ...more)?.without).toContainEqual({
      what: 'Without 1',
      each: ['1'],
      instead: 'violated all the same',
    });
  });

  it('is not looked for in a long scenario', () => {
    const reads = Array.from({ length: 30 }, () => 'vread(A, 1)');
    const told = explained('v6.4', 'no-stale-alias', ...FULL_BLOCK.toSpliced(2, 0, ...reads));
    expect(told?.why).toHaveLength(4);
    expect(told?.without).toEqual([]);
  });
});

it('has nothing to say where the property holds', () => {
  expect(explained('v6.5', 'no-stale-alias', ...FULL_BLOCK)).toBeNull();
});
