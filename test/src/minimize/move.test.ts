import { describe, expect, it } from 'vitest';
import { moved, movedToOneCpu } from '../../../src/minimize/move.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';

const [ALIASES, WORK, SHRINK] = ['vm_unmap_aliases()', 'run_work()', 'shrink()'] as const;

/** Tasks on CPUs 0, 1, 2, ... or on those that are said. */
function scenarioOf(tasks: readonly string[][], cpus: readonly number[] = [...tasks.keys()]) {
  return {
    machine: { ...DEFAULT_MACHINE, possibleCpus: [0, 1], onlineCpus: [0, 1] },
    tasks: tasks.map((texts, index) => ({
      cpu: cpus[index] ?? 0,
      operations: texts.map((text) => parseOperation(text)),
    })),
  };
}

function texts(candidates: Iterable<Scenario>): string[] {
  const told = [...candidates].map(({ tasks }) =>
    tasks
      .map(({ cpu, operations }) => `cpu${cpu}: ${operations.map(printOperation).join(' ')}`)
      .join(' | '),
  );
  return [...new Set(told)];
}

describe('moved', () => {
  it('shares out all the operations among as many tasks, in either order', () => {
    const candidates = texts(moved(scenarioOf([[ALIASES, WORK], [SHRINK]], [0, 0])));
    expect(candidates.toSorted()).toEqual([
      'cpu0: run_work() | cpu0: shrink() vm_unmap_aliases()',
      'cpu0: run_work() | cpu0: vm_unmap_aliases() shrink()',
      'cpu0: shrink() vm_unmap_aliases() | cpu0: run_work()',
      'cpu0: vm_unmap_aliases() shrink() | cpu0: run_work()',
      'cpu0: vm_unmap_aliases() | cpu0: run_work() shrink()',
      'cpu0: vm_unmap_aliases() | cpu0: shrink() run_work()',
    ]);
  });

  it('puts one operation in the midst of another task', () => {
    const candidates = texts(
      moved(
        scenarioOf([
          [ALIASES, WORK],
          [SHRINK, ALIASES, WORK],
        ]),
      ),
    );
    expect(candidates).toContain(
      'cpu0: vm_unmap_aliases() vm_unmap_aliases() run_work() | cpu1: shrink() run_work()',
    );
  });

  it('leaves the last call alone as a task, while the others do the rest', () => {
    const free = ['vm_unmap_ram(A)', 'vm_unmap_ram(B)'];
    const from = scenarioOf([['A = vm_map_ram(1)', 'B = vm_map_ram(1)', ALIASES], free]);
    expect(texts(moved(from))).toContain(
      `cpu0: A = vm_map_ram(1) B = vm_map_ram(1) ${free.join(' ')} | cpu0: vm_unmap_aliases()`,
    );
  });

  it('leaves no task without an operation, and a single task as it is', () => {
    const three = scenarioOf([[ALIASES, WORK], [SHRINK], [ALIASES]]);
    for (const { tasks } of moved(three)) {
      expect(tasks).toHaveLength(3);
      expect(tasks.flatMap(({ operations }) => operations)).toHaveLength(4);
      expect(Math.min(...tasks.map(({ operations }) => operations.length))).toBeGreaterThan(0);
    }
    expect([...moved(scenarioOf([[ALIASES, WORK]]))]).toEqual([]);
  });
});

describe('movedToOneCpu', () => {
  it('is the same on the lowest CPU, unless all tasks are on one', () => {
    const lists = [[ALIASES, WORK], [SHRINK]];
    const all = texts(movedToOneCpu(scenarioOf(lists, [1, 0])));
    expect(all).toEqual(texts(moved(scenarioOf(lists, [0, 0]))));
    expect(texts(movedToOneCpu(scenarioOf(lists, [1, 1])))).toEqual([]);
  });
});
