import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../models/policies/policy.ts';
import { v6_5 } from '../../../models/policies/v6.5.ts';
import { v6_12 } from '../../../models/policies/v6.9.ts';
import { tasks } from '../../../properties/concurrent/bug.ts';
import { interleavedProperties, properties } from '../../../properties/index.ts';
import type { Property } from '../../../properties/property.ts';
import { vreadExact } from '../../../properties/vread-exact.ts';
import { InterleavedRun } from '../../../src/explore/interleaved-run.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { subjectOf, watcher } from './runs.ts';

const MACHINE = 'cpus=2 vmalloc=8 block=2 max-alloc=1';

type TaskText = Parameters<typeof tasks>[1];

/** A run in which nothing has happened yet. */
function newRun(watched: readonly Property[], policy: Policy, ...programs: TaskText[]) {
  const { scenario } = parseCase(tasks(MACHINE, ...programs));
  return new InterleavedRun(subjectOf(policy), scenario, watched);
}

/** Steps a task until it stands at a point of this kind and label, or between two calls. */
function stepTo(run: InterleavedRun, task: number, label: string | null): void {
  do run.step(task);
  while (run.tasks.pointOf(task) !== null && run.tasks.pointOf(task)?.label !== label);
}

/** Lets a task finish what it is in. */
const finish = (run: InterleavedRun, task: number) => stepTo(run, task, null);

describe('the properties that are watched between tasks', () => {
  it('are those with a meaning there, and say what it is', () => {
    expect(interleavedProperties.map(({ name }) => name)).toEqual([
      'no-stale-alias',
      'flush-before-reuse',
      'live-mapping-intact',
      'space-partition',
      'lazy-count',
      'block-integrity',
      'direct-map-perms',
      'vread-exact',
      'object-lifetime',
      'locking',
      'bounded-backlog',
    ]);
    for (const { underConcurrency } of properties) expect(underConcurrency).toMatch(/\.$/);
  });

  it('are no others, whatever is asked for', () => {
    const seen: string[] = [];
    const noting = (name: string): Property =>
      watcher(() => ({ callBegins: () => void seen.push(name) }), name);
    const watched = [noting('watched'), { ...noting('never'), interleaved: 'never' as const }];
    finish(newRun(watched, v6_5, ['cpu0', 'A = vmalloc(1)']), 0);
    expect(seen).toEqual(['watched']);
  });

  it('look at the bookkeeping once, when every call and every work item is done', () => {
    const pending: number[] = [];
    const watched = watcher(() => ({
      state: ({ pendingWork }) => {
        pending.push(pendingWork);
      },
    }));
    const run = newRun([watched], v6_5, ['cpu0', 'A = vmalloc(1)', 'vfree_atomic(A)']);
    finish(run, 0);
    finish(run, 0);
    expect(run.enabled()).toEqual([1]);
    expect(pending).toEqual([]);
    finish(run, 1);
    expect(run.enabled()).toEqual([]);
    expect(pending).toEqual([0]);
  });
});

describe('calls in flight', () => {
  it('let a read return what a page was before they mapped it', () => {
    const run = newRun([vreadExact], v6_12, ['cpu0', 'A = vmap(1)'], ['cpu1', 'vread(@0, 1)']);
    stepTo(run, 0, 'set_pte_at');
    // lock, unlock, lock again, read, and unlock: not yet.
    for (let steps = 0; steps < 4; steps++) run.step(1);
    expect(run.tasks.pointOf(1)?.kind).toBe('unlock');
    finish(run, 0);
    const { frameOf } = run.checked.ledger;
    expect(frameOf.has(0)).toBe(true);
    finish(run, 1);
    expect(run.violations).toEqual([]);
  });

  it('do not excuse another frame', () => {
    const wrong: Policy = {
      ...v6_12,
      patches: [
        ...v6_12.patches,
        {
          name: 'wrong-frame',
          title: 'vread shows another frame',
          source: '',
          apply: (Base) =>
            class extends Base {
              override vmalloc_to_page(): number {
                return 7;
              }
            },
        },
      ],
    };
    const run = newRun(
      [vreadExact],
      wrong,
      ['cpu0', 'A = vmap(1)', 'vunmap(A)'],
      ['cpu1', 'vread(@0, 1)'],
    );
    finish(run, 0);
    run.step(1);
    run.step(0);
    finish(run, 1);
    expect(run.violations.map(({ detail }) => detail)).toEqual([
      "vread of page A returns the bytes of frame 7, not the bytes of caller's frame 0 or zeroes",
    ]);
  });

  it('keep what they use from being freed beside them', () => {
    const run = newRun(
      interleavedProperties,
      v6_12,
      ['cpu0', 'A = vmalloc(1, VM_FLUSH_RESET_PERMS)', 'set_memory_ro(A)'],
      ['cpu1', 'vfree(A)'],
    );
    finish(run, 0);
    run.step(0);
    run.step(1);
    expect(run.tasks.pointOf(1)).toBeNull();
    finish(run, 0);
    expect(run.checked.ledger.areas.size).toBe(1);
  });
});
