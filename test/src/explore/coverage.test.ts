import { expect, it } from 'vitest';
import { CoverageCounter } from '../../../src/explore/coverage.ts';
import { OPERATION_KINDS } from '../../../src/scenario/operation-parse.ts';
import { newRun, operations } from './runs.ts';

/** Counts what a run of these operations reached. */
function count(counter: CoverageCounter, ...texts: string[]): void {
  const run = newRun();
  for (const operation of operations(...texts)) {
    counter.addStep(run.step(operation), operation.kind);
  }
  counter.addRun(run);
}

it('counts operations by kind, from 0 on', () => {
  const counter = new CoverageCounter();
  expect([...counter.operations.keys()]).toEqual(OPERATION_KINDS);
  count(counter, 'A = vmap(1)', 'B = vmap(1)', 'touch(A) on cpu1');
  const { operations: counts } = counter;
  expect([counts.get('vmap'), counts.get('touch'), counts.get('vfree')]).toEqual([2, 1, 0]);
  expect(counter.total).toBe(3);
});

it('counts a bad call by how it was taken, and what was passed over not at all', () => {
  const counter = new CoverageCounter();
  count(counter, 'vfree(B)', 'vfree(@3)', 'A = vm_map_ram(1)', 'vm_unmap_ram(A, 2)', 'B = vmap(1)');
  count(counter, 'vm_unmap_ram(@9)');
  const bad = [...counter.operations].filter(([kind]) => kind.startsWith('bad call'));
  expect(bad).toEqual([
    ['bad call: refused', 1],
    ['bad call: accepted', 1],
    ['bad call: died', 1],
  ]);
  expect(counter.operations.get('vfree')).toBe(0);
  expect(counter.total).toBe(4);
});

it('adds up the tracepoints of all runs', () => {
  const counter = new CoverageCounter();
  for (let i = 0; i < 2; i++) count(counter, 'A = vm_map_ram(1)');
  expect(counter.tracepoints.get('new_vmap_block')).toBe(2);
});
