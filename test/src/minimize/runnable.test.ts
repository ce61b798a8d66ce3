import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withMachine } from '../../../src/minimize/edit.ts';
import { RunnableCheck } from '../../../src/minimize/runnable.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { scenarioOf, TINY } from './scenarios.ts';

it('accepts what the parser gave', () => {
  const check = new RunnableCheck();
  fc.assert(
    fc.property(anyCase, ({ scenario: { machine, tasks } }) => {
      const scenario = { machine, tasks: tasks.slice(0, 1) };
      expect(check.isRunnable(scenario)).toBe(true);
      expect(check.isRunnable(scenario)).toBe(true);
    }),
    { seed: 6, numRuns: 200 },
  );
});

it.each([
  ['a block too small', withMachine(scenarioOf(TINY, 'run_work()'), { vmapMaxAlloc: 2 })],
  ['no space', withMachine(scenarioOf(TINY, 'run_work()'), { vmallocPages: 0 })],
  ['a start on no CPU', withMachine(scenarioOf('cpus=2', 'run_work()', 1), cpus(1))],
  ['a touch on no CPU', withMachine(scenarioOf('cpus=2', 'touch(@0) on cpu1'), cpus(1))],
  ['an odd alignment', withVmalloc({ pages: 1, align: 3 })],
  ['half a page', withVmalloc({ pages: 0.5, align: 1 })],
])('refuses %s', (_what, scenario) => {
  const check = new RunnableCheck();
  expect(check.isRunnable(scenario)).toBe(false);
  expect(check.isRunnable(scenario)).toBe(false);
});

function cpus(count: number) {
  const all = Array.from({ length: count }, (_, cpu) => cpu);
  return { possibleCpus: all, onlineCpus: all };
}

function withVmalloc(numbers: { readonly pages: number; readonly align: number }) {
  const { machine } = scenarioOf(TINY, 'run_work()');
  const rest = { kind: 'vmalloc', area: 'A', range: 'vmalloc', resetPerms: false } as const;
  return { machine, tasks: [{ cpu: 0, operations: [{ ...rest, ...numbers }] }] };
}
