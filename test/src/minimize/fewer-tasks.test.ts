import { describe, expect, it } from 'vitest';
import { fewerTasks } from '../../../src/minimize/fewer-tasks.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';

function candidates(...tasks: string[][]): string[] {
  const scenario = {
    machine: DEFAULT_MACHINE,
    tasks: tasks.map((texts, cpu) => ({
      cpu,
      operations: texts.map((text) => parseOperation(text)),
    })),
  };
  return [...fewerTasks(scenario)].map((candidate) =>
    candidate.tasks
      .map(({ cpu, operations }) => `cpu${cpu}: ${operations.map(printOperation).join(' ')}`)
      .join(' | '),
  );
}

describe('fewerTasks', () => {
  it('leaves one task away, or gives what it does to another, before or after', () => {
    expect(candidates(['A = vmap(1)'], ['vm_unmap_aliases()'])).toEqual([
      'cpu1: vm_unmap_aliases()',
      'cpu0: A = vmap(1)',
      'cpu0: A = vmap(1) vm_unmap_aliases()',
      'cpu1: vm_unmap_aliases() A = vmap(1)',
    ]);
  });

  it('keeps the last task', () => {
    expect(candidates(['A = vmap(1)'])).toEqual([]);
  });

  it('keeps the tasks that it does not join', () => {
    expect(candidates(['run_work()'], ['shrink()'], ['vm_unmap_aliases()'])).toContain(
      'cpu0: run_work() vm_unmap_aliases() | cpu1: shrink()',
    );
  });
});
