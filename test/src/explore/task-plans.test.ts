import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v6_12 } from '../../../models/policies/v6.9.ts';
import { InterleavedRun } from '../../../src/explore/interleaved-run.ts';
import {
  runSwitched,
  type Switch,
  scenarioOf,
  type TaskPlan,
  taskPlanArbitrary,
} from '../../../src/explore/task-plans.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { subjectOf } from './runs.ts';

const subject = subjectOf(v6_12);
const plans = taskPlanArbitrary(2, 12, {});

function scheduleOf(plan: TaskPlan, switches: readonly Switch[] = plan.switches) {
  return runSwitched(new InterleavedRun(subject, scenarioOf(subject, plan), []), switches);
}

/** How often a task goes on after another one that is not done. */
function switchesOf(schedule: readonly number[]): number {
  return schedule.filter((task, i) => i > 0 && task !== schedule[i - 1]).length;
}

describe('plans of several tasks', () => {
  it('are the scenarios that they print as', () => {
    const samples = fc.sample(plans, { seed: 1, numRuns: 200 });
    const scenarios = samples.map((plan) => scenarioOf(subject, plan));
    for (const scenario of scenarios) {
      if (scenario.tasks.some(({ operations }) => operations.length === 0)) continue;
      const one = { policy: null, property: null, scenario, observed: [], certificate: [] };
      expect(parseCase(printCase(one)).scenario).toEqual(scenario);
    }
    const busy = scenarios.filter(({ tasks }) => tasks.every((task) => task.operations.length > 1));
    expect(busy.length).toBeGreaterThan(40);
  });

  it('give a task what another one allocated, now and then', () => {
    const samples = fc.sample(plans, { seed: 2, numRuns: 200 });
    const crossing = samples.filter((plan) => {
      const { tasks } = scenarioOf(subject, plan);
      const names = tasks.map(({ operations }) =>
        operations.flatMap((one) => ('area' in one ? [one.area] : [])),
      );
      return tasks.some(({ operations }, task) =>
        operations.some(
          (one) => 'at' in one && 'area' in one.at && !names[task]?.includes(one.at.area),
        ),
      );
    });
    expect(crossing.length).toBeGreaterThan(20);
  });

  it('without switches run one task after the other, but for what they wait for', () => {
    for (const plan of fc.sample(plans, { seed: 3, numRuns: 100 })) {
      const schedule = scheduleOf(plan, []).filter((task) => task < 2);
      expect(switchesOf(schedule)).toBeLessThanOrEqual(1);
      expect(schedule).toEqual([...schedule].sort());
    }
  });

  it('switch where they say, and no more often than that', () => {
    for (const plan of fc.sample(plans, { seed: 4, numRuns: 100 })) {
      const [whole, switched] = [scheduleOf(plan, []), scheduleOf(plan, [{ after: 5, to: 0 }])];
      expect(switched.slice(0, 5)).toEqual(whole.slice(0, 5));
    }
    const differ = fc
      .sample(taskPlanArbitrary(2, 24, {}), { seed: 5, numRuns: 100 })
      .filter((plan) => `${scheduleOf(plan, [])}` !== `${scheduleOf(plan)}`);
    expect(differ.length).toBeGreaterThan(30);
  });
});
