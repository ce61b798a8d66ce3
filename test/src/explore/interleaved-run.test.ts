import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { programs } from '../../../properties/concurrent/programs.ts';
import { interleavedProperties } from '../../../properties/index.ts';
import type { Schedule } from '../../../src/explore/explorer.ts';
import { InterleavedRun } from '../../../src/explore/interleaved-run.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import { EventLog } from '../../models/kernel/bench.ts';
import { randomSchedule } from './random-schedule.ts';

/** Each policy is tried on one program in so many. */
const APART = 6;

const scenarios = programs.map(({ scenario }) => parseCase(scenario).scenario);

/** Everything that can be told of a run after these steps. */
function seenAfter(
  subject: PolicySubject,
  scenario: Scenario,
  schedule: Schedule,
  take: (run: InterleavedRun) => void,
) {
  const run = new InterleavedRun(subject, scenario, interleavedProperties);
  const log = new EventLog();
  run.checked.monitor.listener = log;
  take(run);
  return {
    steps: run.steps,
    events: log.take(),
    violations: run.violations.map(({ property, detail }) => [property.name, detail]),
    points: schedule.map((task) => run.tasks.pointOf(task)?.label),
    enabled: run.enabled(),
    unfinished: run.unfinished(),
    state: run.checked.ended ? null : structuredClone(run.checked.session.inspect()),
  };
}

describe('a schedule that is followed', () => {
  it.each(policies)('does what its steps do one by one: $name', (policy) => {
    const subject = new PolicySubject(policy.name, kernelOf(policy));
    const own = scenarios.filter((_, i) => i % APART === policies.indexOf(policy) % APART);
    own.forEach((scenario, seed) => {
      const all = randomSchedule(subject, scenario, seed);
      // To somewhere on the way, and to the end.
      for (const schedule of [all.slice(0, (all.length * 2) / 3), all]) {
        const byStep = seenAfter(subject, scenario, schedule, (run) => {
          for (const task of schedule) run.step(task);
        });
        const atOnce = seenAfter(subject, scenario, schedule, (run) => run.follow(schedule));
        expect(atOnce).toEqual(byStep);
      }
    });
  });
});
