import { describe, expect, it } from 'vitest';
import { RunnableCheck } from '../../../src/minimize/runnable.ts';
import { shortScenarios } from '../../../src/minimize/short-scenarios.ts';
import { listing, offers, printed, scenarioOf, TINY } from './scenarios.ts';

const LONG = 'A = vmap(3);vread(A, 1);run_work();vunmap(A);vm_unmap_aliases();run_work()';

describe('shortScenarios', () => {
  const scenarios = [...shortScenarios(scenarioOf(TINY, LONG))];
  const texts = new Set(offers(scenarios));
  const lengths = scenarios.map((one) => listing(one).length);

  it('are no longer than the scenario, and never longer than five operations', () => {
    expect(Math.max(...lengths)).toBe(5);
    const two = [...shortScenarios(scenarioOf(TINY, 'A = vmap(3);vunmap(A)'))];
    expect(Math.max(...two.map((one) => listing(one).length))).toBe(2);
  });

  it('come shortest first, each once, all runnable', () => {
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(texts.size).toBe(scenarios.length);
    const check = new RunnableCheck();
    expect(scenarios.filter((one) => !check.isRunnable(one))).toEqual([]);
  });

  it.each([
    ['what fills a block', TINY, 'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A)'],
    ['a flush that is not asked for', TINY, 'A = vmalloc(1, VM_FLUSH_RESET_PERMS);vfree(A)'],
    ['the end of the space', 'cpus=1 vmalloc=2 block=2 max-alloc=1', 'A = vm_map_ram(2)'],
    ['what the scenario has', TINY, 'A = vmap(1);vunmap(A);vread(A, 1);run_work()'],
  ])('include %s', (_what, machine, operations) => {
    expect(texts).toContain(printed(scenarioOf(machine, operations)));
  });

  it('stay on the CPUs of the scenario', () => {
    const start = scenarioOf('cpus=2', 'A = vmap(1);vunmap(A)', 1);
    for (const { machine, tasks } of shortScenarios(start)) {
      expect(machine.onlineCpus).toEqual([0, 1]);
      expect(tasks[0]?.cpu).toBe(1);
    }
  });
});
