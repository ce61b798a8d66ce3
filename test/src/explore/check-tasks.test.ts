import { describe, expect, it } from 'vitest';
import type { Run } from '../../../models/kernel/point.ts';
import { locking } from '../../../properties/locking.ts';
import { noStaleAlias } from '../../../properties/no-stale-alias.ts';
import type { CheckOptions } from '../../../src/explore/check.ts';
import { checkTasks } from '../../../src/explore/check-tasks.ts';
import { preemptionsOf, violatesBy } from '../../../src/minimize/switches.ts';
import { subjectWith } from './runs.ts';

/** Counts calls of vm_unmap_aliases in two steps, and complains if one gets lost. */
const losesUpdates = subjectWith(
  (Base) =>
    class extends Base {
      readonly counter = { nr: 0 };
      calls = 0;

      override *vm_unmap_aliases(): Run<void> {
        this.calls++;
        const nr = yield* this.READ_ONCE(this.counter, 'nr');
        yield* this.WRITE_ONCE(this.counter, 'nr', nr + 1);
        if (nr + 1 !== this.calls) this.observer.complaint('locking', 'an update is lost');
      }
    },
);

const OPTIONS: CheckOptions = {
  properties: [locking],
  runs: 2_000,
  maxOps: 12,
  seed: 1,
  machine: {},
  shrink: true,
};

describe('checkTasks', () => {
  it('shrinks operations and switches away', () => {
    const { verdicts, runs } = checkTasks(losesUpdates, 2, OPTIONS);
    const [found] = verdicts;
    if (found?.verdict !== 'violated' || found.schedule === undefined) throw new Error('not found');
    expect(found.detail).toBe('an update is lost');
    expect(found.run).toBeLessThanOrEqual(runs);
    const { scenario, schedule } = found;
    expect(scenario.tasks.map(({ operations }) => operations)).toEqual([
      [{ kind: 'vm_unmap_aliases' }],
      [{ kind: 'vm_unmap_aliases' }],
    ]);
    expect(preemptionsOf(losesUpdates, scenario, schedule)).toBe(1);
    expect(violatesBy(losesUpdates, scenario, schedule, locking)).toBe(true);
  });

  it('goes on with the other properties, and finds the same each time', () => {
    const options = { ...OPTIONS, properties: [noStaleAlias, locking], runs: 150 };
    const report = checkTasks(losesUpdates, 3, options);
    expect(report).toEqual(checkTasks(losesUpdates, 3, options));
    expect(report.verdicts.map(({ verdict }) => verdict)).toEqual(['violated', 'violated']);
    expect(report.verdicts.map(({ property }) => property)).toEqual(options.properties);
    expect(report.operations).toBeGreaterThan(report.runs);
  });
});
