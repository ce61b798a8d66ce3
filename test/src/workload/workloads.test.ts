import { describe, expect, it } from 'vitest';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import { Random } from '../../../src/explore/random.ts';
import { machineProblem } from '../../../src/scenario/machine.ts';
import { parseMachineSpec, printMachineSpec } from '../../../src/scenario/machine-text.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { AreaNames } from '../../../src/workload/calls.ts';
import { workloads } from '../../../src/workload/index.ts';

/** Enough to see every sort of operation of each workload. */
const OPERATIONS = 400;

it('has the eleven cases of lib/test_vmalloc.c', () => {
  const cases = workloads.filter(({ source }) => source.startsWith('lib/test_vmalloc.c'));
  expect(cases.map(({ name }) => name).sort()).toEqual([
    'align_shift_alloc',
    'fix_align_alloc',
    'fix_size_alloc',
    'full_fit_alloc',
    'kvfree_rcu_1_arg_vmalloc',
    'kvfree_rcu_2_arg_vmalloc',
    'long_busy_list_alloc',
    'pcpu_alloc',
    'random_size_align_alloc',
    'random_size_alloc',
    'vm_map_ram',
  ]);
});

it('has a name of its own for each', () => {
  const names = workloads.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(workloads)('$name', (workload) => {
  it.each([1, workload.cpus, 130])('has a machine that can be booted with %i CPUs', (cpus) => {
    const machine = workload.machine(cpus);
    expect(machineProblem(machine)).toBeNull();
    expect(machine.onlineCpus).toHaveLength(cpus);
    expect(parseMachineSpec(printMachineSpec(machine))).toEqual(machine);
  });

  it('makes only calls that a caller may make, on what it has', () => {
    const machine = workload.machine(workload.cpus);
    const subject = builtInPolicy('v6.5').subject();
    const run = new CheckedRun(subject, machine, [], { tlb: 'fast', stateInterval: 1 });
    const operations = workload.operations({
      machine,
      random: new Random(1),
      names: new AreaNames(),
    });
    let vpn = Number.NaN;
    let made = 0;
    for (; made < OPERATIONS; made++) {
      const { value: operation, done } = made === 0 ? operations.next() : operations.next(vpn);
      if (done === true) break;
      const step = run.step(operation);
      expect(step).toMatchObject({ kind: 'called' });
      const area = 'area' in operation ? run.handles.get(operation.area) : undefined;
      vpn = area?.vpn ?? Number.NaN;
    }
    expect(made).toBeGreaterThan(10);
  });
});
