import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import type { FunctionListener } from '../../../src/subject/port.ts';
import { FULL_BLOCK, SMALL, scenarioOf } from '../report/explain/scenarios.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';

/** Writes down what it is told, each function indented below its caller. */
class Graph implements FunctionListener {
  readonly lines: string[] = [];
  depth = 0;

  entered(name: string, block: number | null): void {
    this.lines.push(`${'  '.repeat(this.depth)}${name}${block === null ? '' : ` ${block}`}`);
    this.depth++;
  }

  left(failed: boolean): void {
    this.depth--;
    if (failed) this.lines.push(`${'  '.repeat(this.depth)}failed`);
  }

  lockedBlock(block: number): void {
    this.lines.push(`${'  '.repeat(this.depth)}lock ${block}`);
  }
}

it('tells which functions run one within the other, and the locks of blocks', () => {
  const { machine, tasks } = scenarioOf(SMALL, ...FULL_BLOCK);
  const run = new CheckedRun(builtInPolicy('v6.4').subject(), machine, []);
  const graph = new Graph();
  run.session.followFunctions(graph);
  const told: string[][] = [];
  for (const operation of tasks[0]?.operations ?? []) {
    run.step(operation);
    expect(graph.depth).toBe(0);
    told.push(graph.lines.splice(0));
  }
  expect(told[1]).toEqual([
    'vm_map_ram',
    '  vb_alloc',
    '    per_cpu_vbq',
    '    next_rcu',
    '    lock 0',
    '    vmap_block_vaddr',
    '      addr_to_vb_idx',
    '      addr_to_vb_idx',
    '    vbq_list_del 0',
  ]);
  // Once for the bitmap of pages in use, once for the dirty range.
  expect(told[2]?.filter((line) => /vb_free|lock/.test(line))).toEqual([
    '  vb_free',
    '    lock 0',
    '    lock 0',
  ]);
});

it('changes nothing of a run', () => {
  const policy = fc.constantFrom(...policies.map(({ name }) => name));
  fc.assert(
    fc.property(policy, anyCase, (name, { scenario }) => {
      const [plain, followed] = [false, true].map((isFollowed) => {
        const run = new CheckedRun(builtInPolicy(name).subject(), scenario.machine, []);
        const graph = new Graph();
        if (isFollowed) run.session.followFunctions(graph);
        const operations = scenario.tasks[0]?.operations.slice(0, 12) ?? [];
        const small = operations.filter((one) => !('pages' in one) || (one.pages ?? 0) < 1_000);
        const steps = small.map((operation) => run.step(operation));
        expect(graph.depth).toBe(0);
        return [steps, run.session.inspect()];
      });
      expect(followed).toEqual(plain);
    }),
    { seed: 6, numRuns: 30 },
  );
});
