import { describe, expect, it } from 'vitest';
import { fewerCpus, otherCpus } from '../../../src/minimize/cpus.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { listing, offers, printed, reduced, scenarioOf } from './scenarios.ts';

const minimum = (start: Scenario, violates: (scenario: Scenario) => boolean): string =>
  printed(reduced(start, violates, (search) => search.exhaust(fewerCpus)));

describe('fewerCpus', () => {
  it('moves everything to one CPU if that is enough', () => {
    const start = scenarioOf('cpus=8 online=2-7', 'touch(@0) on cpu5;migrate(7)', 3);
    const end = minimum(start, () => true);
    expect(end).toBe(printed(scenarioOf('cpus=1', 'touch(@0) on cpu0;migrate(0)')));
  });

  it('leaves two CPUs that have to be different', () => {
    const start = scenarioOf('cpus=64', 'touch(@0) on cpu40;touch(@0) on cpu9', 3);
    const end = minimum(start, ({ tasks }) => {
      const [first, second] = tasks[0]?.operations ?? [];
      if (first?.kind !== 'touch' || second?.kind !== 'touch') return false;
      return first.cpu !== second.cpu;
    });
    expect(end).toContain('cpus=2 ');
  });

  it('keeps a hole that is needed, as low as can be', () => {
    const start = scenarioOf('cpus=0,3,7-8', 'run_work()', 7);
    const end = minimum(start, ({ machine: { possibleCpus: cpus } }) => {
      return cpus.some((cpu, index) => cpu !== index);
    });
    expect(end).toContain('cpus=0,2 ');
  });

  it('brings CPUs online if the mask is not needed', () => {
    const start = scenarioOf('cpus=2 online=1', 'run_work()', 1);
    const end = minimum(start, ({ machine }) => machine.possibleCpus.length === 2);
    expect(end).not.toContain('online=');
  });
});

it('otherCpus offers the CPUs exchanged, and another start', () => {
  const start = scenarioOf('cpus=2', 'migrate(0);touch(@0) on cpu1', 1);
  const other = scenarioOf('cpus=2', 'migrate(1);touch(@0) on cpu0', 0);
  expect(offers(otherCpus(start))).toContain(printed(other));
  const end = reduced(
    start,
    () => true,
    (search) => search.exhaust(otherCpus),
  );
  expect(end.tasks[0]?.cpu).toBe(0);
  expect(listing(end)).not.toContain('touch(@0) on cpu1');
});
