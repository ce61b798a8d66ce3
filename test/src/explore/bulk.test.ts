import { describe, expect, it } from 'vitest';
import { spacePartition } from '../../../properties/space-partition.ts';
import { bulkRun, DraftSource } from '../../../src/explore/bulk.ts';
import { runScenario } from '../../../src/explore/run-scenario.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { subjectOf, subjectWith, watcher } from './runs.ts';

describe('DraftSource', () => {
  it('draws the same from the same seed', () => {
    const draw = (seed: number) => {
      const source = new DraftSource(seed);
      return Array.from({ length: 20 }, () => ({ ...source.next() }));
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('draws only the kinds it is told to', () => {
    const source = new DraftSource(1, (kind) => kind === 'vmap' || kind === 'vunmap');
    const kinds = new Set(Array.from({ length: 100 }, () => source.next().kind));
    expect(kinds).toEqual(new Set(['vmap', 'vunmap']));
  });
});

describe('bulkRun', () => {
  it('runs as many operations as it is asked for, a new machine every so often', () => {
    let boots = 0;
    const counting = watcher(() => {
      boots++;
      return {};
    });
    const source = new DraftSource(1, (kind) => kind === 'vmap' || kind === 'vunmap');
    const report = bulkRun(subjectOf(), DEFAULT_MACHINE, [counting], source, 300, 50);
    expect(report).toEqual({ operations: 300, violations: [] });
    expect(boots).toBeGreaterThanOrEqual(6);
  });

  it('boots anew when the machine cannot go on', () => {
    const source = new DraftSource(1, (kind) => kind === 'unmap unknown');
    const report = bulkRun(subjectOf(), DEFAULT_MACHINE, [], source, 10, 50);
    expect(report.operations).toBe(10);
  });

  it('stops at a violation; the operations it leaves are those of the last machine', () => {
    const noShrink = watcher((violated) => ({
      callBegins: ({ kind }) => {
        if (kind === 'shrink') violated('the shrinker ran');
      },
    }));
    const executed: Operation[] = [];
    const drafts = new DraftSource(1);
    const machine = DEFAULT_MACHINE;
    const report = bulkRun(subjectOf(), machine, [noShrink], drafts, 10_000, 5, executed);
    expect(report.violations.map(({ property }) => property)).toEqual([noShrink]);
    expect(report.operations).toBeGreaterThan(5);
    expect(executed.length).toBeLessThanOrEqual(5);
    const scenario = { machine, tasks: [{ cpu: 0, operations: executed }] };
    expect(runScenario(subjectOf(), scenario, [noShrink]).violations).toHaveLength(1);
  });

  it('finds what the bookkeeping of the kernel shows, not after every call but in time', () => {
    const leaky = subjectWith(
      (Base) =>
        class extends Base {
          override kfree_vm_struct(): void {}
        },
    );
    const drafts = new DraftSource(1);
    const report = bulkRun(leaky, DEFAULT_MACHINE, [spacePartition], drafts, 1000, 100);
    expect(report.violations.map(({ property }) => property)).toEqual([spacePartition]);
  });
});
