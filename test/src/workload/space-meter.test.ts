import { expect, it } from 'vitest';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { vfree, vmalloc } from '../../../src/workload/calls.ts';
import { realMachine } from '../../../src/workload/machines.ts';
import { measure } from '../../../src/workload/measure.ts';
import type { Operations, Workload } from '../../../src/workload/workload.ts';

/** So many pages, the module range among the places, on a machine of 1,000 pages. */
function workload(operations: () => Operations): Workload {
  return {
    name: 'test',
    prose: '',
    source: '',
    cpus: 1,
    machine: (cpus) => ({ ...realMachine(cpus), vmallocPages: 1_000, lazyMaxPages: 100 }),
    operations,
  };
}

function spaceOf(operations: () => Operations) {
  const subject = builtInPolicy('v6.1').subject();
  return measure(subject, workload(operations), { cpus: 1, seed: 1 }).space;
}

it('is nothing where nothing is allocated', () => {
  expect(spaceOf(function* () {})).toEqual({ highest: 0, taken: 0 });
});

it('counts guard pages and lazy areas, wherever they are, the highest in the vmalloc range', () => {
  expect(
    spaceOf(function* () {
      yield vmalloc('A', 9);
      yield vmalloc('B', 4, { range: 'modules' });
      yield vfree('A');
      yield vmalloc('C', 9);
    }),
  ).toEqual({ highest: 20, taken: 25 });
});

it('sees what was taken before it is purged, however much is in use', () => {
  const { highest, taken } = spaceOf(function* () {
    // Holes between them make a long list of free areas, which is then looked at at flushes only.
    for (let i = 0; i < 200; i++) yield vmalloc(`A${i}`, 1);
    for (let i = 0; i < 200; i += 2) yield vfree(`A${i}`);
    for (let i = 0; i < 90; i++) yield vmalloc(`B${i}`, 3);
    for (let i = 0; i < 90; i++) yield vfree(`B${i}`);
  });
  expect(highest).toBe(400 + 360);
  expect(taken).toBeGreaterThanOrEqual(200 + 360);
});

it('reaches the end where areas are taken from the top', () => {
  const { highest } = spaceOf(function* () {
    yield { kind: 'pcpu_get_vm_areas', area: 'A', offsets: [0], sizes: [4], align: 4 };
  });
  expect(highest).toBe(1_000);
});
