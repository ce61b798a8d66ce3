import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../../src/minimize/edit.ts';
import { pagesOf } from '../../../src/minimize/family.ts';
import { simplerMachine } from '../../../src/minimize/machine.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { printed, reduced, scenarioOf, TINY } from './scenarios.ts';

const simplest = (start: Scenario, violates: (scenario: Scenario) => boolean): string =>
  printed(reduced(start, violates, (search) => search.exhaust(simplerMachine)));

const sum = (scenario: Scenario): number =>
  operationsOf(scenario).reduce((pages, operation) => pages + pagesOf(operation), 0);

describe('simplerMachine', () => {
  it('comes down to the machine that takes the fewest words', () => {
    const start = scenarioOf(
      'cpus=1 vmalloc=9 modules=16 ram=128 block=64 max-alloc=9 lazy-max=8 arch=riscv',
      'run_work()',
    );
    expect(simplest(start, () => true)).toBe(printed(scenarioOf(TINY, 'run_work()')));
  });

  it('goes below the default no further than to the default', () => {
    const start = scenarioOf(`${TINY} lazy-max=8 modules=7`, 'run_work()');
    const small = simplest(start, ({ machine }) => machine.lazyMaxPages <= 8);
    expect(small).toContain('lazy-max=0\n');
  });

  it('shrinks sizes that fill a block with the block', () => {
    const start = scenarioOf(
      'cpus=1 block=32 max-alloc=16',
      'A = vm_map_ram(16);B = vm_map_ram(16)',
    );
    const filled = (scenario: Scenario): boolean =>
      sum(scenario) === scenario.machine.vmapBbmapBits;
    const end = printed(scenarioOf(TINY, 'A = vm_map_ram(1);B = vm_map_ram(1)'));
    expect(simplest(start, filled)).toBe(end);
  });

  it('keeps VMAP_MAX_ALLOC as large as it has to be', () => {
    const start = scenarioOf('cpus=1 block=32 max-alloc=16', 'A = vm_map_ram(16)');
    const spec = simplest(start, ({ machine }) => machine.vmapMaxAlloc >= 3);
    expect(spec).toContain('block=8 max-alloc=3\n');
  });

  it('shrinks sizes that fill the space with the space', () => {
    const start = scenarioOf('cpus=1 vmalloc=100 block=2 max-alloc=1', 'A = vmap(60);B = vmap(40)');
    const filled = (scenario: Scenario): boolean => sum(scenario) === scenario.machine.vmallocPages;
    expect(simplest(start, filled)).toContain('vmalloc=2 ');
  });

  it('lowers the lazy limit together with the one size that has to exceed it', () => {
    const start = scenarioOf(TINY, 'A = vmap(34);B = vmap(7)');
    const exceeds = (scenario: Scenario): boolean => {
      const [first = 0, second] = operationsOf(scenario).map(pagesOf);
      return first > scenario.machine.lazyMaxPages && second === 7;
    };
    expect(simplest(start, exceeds)).toContain('lazy-max=0\n');
  });
});
