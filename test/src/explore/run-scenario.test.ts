import { describe, expect, it } from 'vitest';
import { runScenario, violationOf } from '../../../src/explore/run-scenario.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Scenario, TaskProgram } from '../../../src/scenario/scenario.ts';
import { operations, subjectOf, watcher } from './runs.ts';

function scenario(...tasks: TaskProgram[]): Scenario {
  return { machine: DEFAULT_MACHINE, tasks };
}

function task(cpu: number, ...texts: string[]): TaskProgram {
  return { cpu, operations: operations(...texts) };
}

const noFlush = watcher((violated) => ({
  flushAsked: (start, end) => violated(`flush ${start}-${end}`),
}));

describe('runScenario', () => {
  it('starts on the CPU of the task', () => {
    const { run } = runScenario(subjectOf(), scenario(task(1, 'A = vm_map_ram(1)')), []);
    expect(run.session.inspect().blocks.slice(-2)).toEqual([1, 1]);
  });

  it('tells its listener of the machine first and then of every operation', () => {
    const told: string[] = [];
    const list = task(0, 'A = vmap(1)', 'vunmap(B)');
    runScenario(subjectOf(), scenario(list), [], {
      booted: (run) => told.push(`booted, ${run.monitor.events} events`),
      stepped: (operation, step) => told.push(`${operation.kind} ${step.kind}`),
    });
    expect(told).toEqual(['booted, 0 events', 'vmap called', 'vunmap skipped']);
  });

  it('refuses a scenario of several tasks, or of none', () => {
    expect(() => runScenario(subjectOf(), scenario(), [])).toThrow(RangeError);
    expect(() => runScenario(subjectOf(), scenario(task(0), task(1)), [])).toThrow(
      'has one task, this one 2',
    );
  });
});

describe('violationOf', () => {
  it('is what was observed first, or null', () => {
    const violated = scenario(
      task(0, 'A = vmap(1)', 'B = vmap(1)', 'vunmap(B)', 'vm_unmap_aliases()', 'vunmap(A)'),
    );
    expect(violationOf(subjectOf(), violated, noFlush)).toBe('flush 2-4');
    expect(violationOf(subjectOf(), scenario(task(0, 'A = vmap(1)')), noFlush)).toBeNull();
  });
});
