import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareScenarios, complexityOf } from '../../../src/minimize/order.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { printed, scenarioOf, TINY } from './scenarios.ts';

const anyScenario: fc.Arbitrary<Scenario> = anyCase.map(({ scenario }) => scenario);

describe('compareScenarios', () => {
  it.each([
    ['an operation less', 'cpus=2 vmalloc=9', 'vm_unmap_aliases()', TINY, 'run_work();run_work()'],
    ['a CPU less', 'cpus=1 vmalloc=9', 'A = ioremap(9)', 'cpus=2', 'A = vm_map_ram(1)'],
    ['all CPUs online', 'cpus=2', 'run_work()', 'cpus=2 online=0', 'run_work()'],
    ['no hole in the mask', 'cpus=0-1', 'run_work()', 'cpus=0,2', 'run_work()'],
    ['a plainer operation', TINY, 'A = vm_map_ram(9)', TINY, 'A = get_vm_area(1)'],
    ['no option', TINY, 'A = vmalloc(9)', TINY, 'A = vmalloc(1, modules)'],
    ['a name', TINY, 'A = vmap(1);vunmap(A+9)', TINY, 'A = vmap(1);vunmap(@0)'],
    ['a smaller size', TINY, 'A = vmap(2)', TINY, 'A = vmap(3)'],
    ['a positive offset', TINY, 'A = vmap(1);vunmap(A+2)', TINY, 'A = vmap(1);vunmap(A-2)'],
    ['a smaller block', 'block=8', 'A = vmap(2)', 'block=16', 'A = vmap(2)'],
    ['no lazy-max said', TINY, 'run_work()', `${TINY} lazy-max=1`, 'run_work()'],
    ['the default arch', TINY, 'run_work()', `${TINY} arch=arm64`, 'run_work()'],
    ['the canonical name', TINY, 'A = vmap(1)', TINY, 'A1 = vmap(1)'],
    [
      'the earlier text',
      TINY,
      'run_work();touch(@0) on cpu0',
      TINY,
      'touch(@0) on cpu0;run_work()',
    ],
  ])('prefers %s', (_what, machine, operations, otherMachine, otherOperations) => {
    const simple = scenarioOf(machine, operations);
    const other = scenarioOf(otherMachine, otherOperations);
    expect(compareScenarios(simple, other)).toBeLessThan(0);
    expect(compareScenarios(other, simple)).toBeGreaterThan(0);
  });

  it('prefers the name of the area that is there to that of the one that was', () => {
    const text = (area: string) => `A = vmap(1);vunmap(A);B = vmap(1);vread(${area}, 1)`;
    const present = scenarioOf(TINY, text('B'));
    expect(compareScenarios(present, scenarioOf(TINY, text('A')))).toBeLessThan(0);
  });

  it('says 0 for the same scenario only', () => {
    fc.assert(
      fc.property(anyScenario, anyScenario, (a, b) => {
        expect(compareScenarios(a, structuredClone(a))).toBe(0);
        expect(compareScenarios(a, b) === 0).toBe(printed(a) === printed(b));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(anyScenario, anyScenario, anyScenario, (a, b, c) => {
        expect(Math.sign(compareScenarios(a, b))).toBe(-Math.sign(compareScenarios(b, a)) + 0);
        const [least, middle, most] = [a, b, c].sort(compareScenarios);
        if (least === undefined || middle === undefined || most === undefined) return;
        expect(compareScenarios(least, middle)).toBeLessThanOrEqual(0);
        expect(compareScenarios(middle, most)).toBeLessThanOrEqual(0);
        expect(compareScenarios(least, most)).toBeLessThanOrEqual(0);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

it.each([
  ['vfree_atomic(A)', 'vfree(A)'],
  ['vm_unmap_ram(A, 2)', 'vm_unmap_ram(A)'],
  ['vfree(@3)', 'vfree(A)'],
  ['set_memory_ro(A)', 'vm_unmap_aliases()'],
  ['A = vmap(1)', 'A = get_vm_area(1)'],
  ['A = ioremap(1)', 'A = vm_map_ram(1)'],
  ['A = vmalloc(1, modules, VM_FLUSH_RESET_PERMS)', 'A = vmalloc(1, modules)'],
  ['A = pcpu_get_vm_areas(0+1, 1+1)', 'A = pcpu_get_vm_areas(0+1)'],
])('%s is more complex than %s', (complex, plain) => {
  const [more, less] = [complex, plain].map((text) => complexityOf(parseOperation(text)));
  expect(more).toBeGreaterThan(less ?? Number.NaN);
});
