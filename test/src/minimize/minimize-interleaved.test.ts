import { describe, expect, it } from 'vitest';
import { noStaleAlias } from '../../../properties/no-stale-alias.ts';
import type { Property } from '../../../properties/property.ts';
import { spacePartition } from '../../../properties/space-partition.ts';
import { explore } from '../../../src/explore/explore.ts';
import type { Strategy } from '../../../src/explore/explorer.ts';
import { InterleavedRun } from '../../../src/explore/interleaved-run.ts';
import { followTurns, nameTurns } from '../../../src/explore/turns.ts';
import type { Effort } from '../../../src/minimize/minimize.ts';
import { minimizeInterleaved } from '../../../src/minimize/minimize-interleaved.ts';
import { preemptionsOf, violatesBy } from '../../../src/minimize/switches.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';

function scenario(text: string): Scenario {
  return parseCase(`vmapcheck case 1\n${text.trim()}\nend\n`).scenario;
}

/** The race of a block that is all dirty, among much else, on a machine larger than need be. */
const LARGE = scenario(`
machine cpus=3 vmalloc=96 block=8 max-alloc=4 lazy-max=16
task on cpu2
  vm_unmap_aliases()
  Z = vmalloc(2)
  vfree(Z)
task on cpu1
  X = vmap(3)
  A = vm_map_ram(4)
  B = vm_map_ram(3)
  C = vm_map_ram(1)
  vm_unmap_ram(A)
  vm_unmap_ram(B)
  vunmap(X)`);

const SMALLEST = `vmapcheck case 1
machine   cpus=1 vmalloc=64 block=2 max-alloc=1
task on cpu0
  A = vm_map_ram(1)
  B = vm_map_ram(1)
  vm_unmap_ram(A)
  vm_unmap_ram(B)
task on cpu0
  vm_unmap_aliases()
schedule
  task 0 until vm_unmap_ram(B),
    after spin_unlock(&vb->lock) in vb_free, 2nd time
  task 1 to its end
  task 0 to its end
end
`;

/** Two at once empty a pool: with a second area, which takes one preemption only; on two CPUs. */
const POOLS = [
  scenario(`
machine cpus=1 vmalloc=64 block=2 max-alloc=1 nodes=2
task on cpu0
  A = get_vm_area(1)
  B = get_vm_area(1)
  free_vm_area(A)
  vm_unmap_aliases()
  shrink()
task on cpu0
  free_vm_area(B)
  vm_unmap_aliases()`),
  scenario(`
machine cpus=2 vmalloc=64 block=2 max-alloc=1 nodes=2
task on cpu0
  shrink()
task on cpu1
  A = get_vm_area(1)
  free_vm_area(A)
  vm_unmap_aliases()
  vm_unmap_aliases()`),
];

/** A schedule by which the property is violated, and what it is minimised to, printed. */
function minimized(
  policy: string,
  from: Scenario,
  strategy: Strategy,
  property: Property,
  effort: Effort = {},
) {
  const subject = builtInPolicy(policy).subject();
  const explored = explore(subject, from, { strategy, properties: [property], limit: 100_000 });
  if (explored.verdict !== 'violated') throw new Error(explored.verdict);
  const least = minimizeInterleaved(subject, from, explored.schedule, property, effort);
  expect(violatesBy(subject, least.scenario, least.schedule, property)).toBe(true);
  const schedule = nameTurns(subject, least.scenario, least.schedule);
  const of = { ...least.scenario, schedule };
  expect(followTurns(subject, of, [property]).run.violations).toHaveLength(1);
  const bare = { policy: null, property: null, observed: [], certificate: [] };
  return { ...least, text: printCase({ ...bare, scenario: of }) };
}

describe('minimizeInterleaved', () => {
  it.each([
    ['v6.5', 3],
    ['v6.5', 8],
    ['v6.12', 3],
  ])('comes to the same smallest race of %s from schedule %d', (policy, seed) => {
    const strategy = { kind: 'pct', seed, depth: 4 } as const;
    const { text, exhausted } = minimized(policy, LARGE, strategy, noStaleAlias);
    expect([text, exhausted]).toEqual([SMALLEST, false]);
  });

  it('leaves the smallest as it is', () => {
    const { machine, tasks } = parseCase(SMALLEST).scenario;
    const strategy = { kind: 'dpor' } as const;
    expect(minimized('v6.12', { machine, tasks }, strategy, noStaleAlias).text).toBe(SMALLEST);
  });

  it('shares out the operations so that they take the fewest preemptions', () => {
    const from = scenario(`
      machine cpus=1 vmalloc=64 block=2 max-alloc=1
      task on cpu0
        A = vm_map_ram(1)
        B = vm_map_ram(1)
        vm_unmap_aliases()
      task on cpu0
        vm_unmap_ram(A)
        vm_unmap_ram(B)`);
    expect(minimized('v6.12', from, { kind: 'dpor' }, noStaleAlias, { budget: 0 }).text).toBe(
      SMALLEST,
    );
  });

  it.each(POOLS)('comes to as few operations as can be, then CPUs, from pool %#', (pool) => {
    const strategy = { kind: 'bounded', bound: 2 } as const;
    const { text } = minimized('v6.9', pool, strategy, spacePartition, { budget: 0 });
    expect(text).toBe(`vmapcheck case 1
machine   cpus=1 vmalloc=64 block=2 max-alloc=1 nodes=2
task on cpu0
  A = get_vm_area(1)
  free_vm_area(A)
  vm_unmap_aliases()
  shrink()
task on cpu0
  vm_unmap_aliases()
schedule
  task 0 until shrink(),
    after list_empty(&vn->pool[i].head) in decay_va_pool_node
  task 1 until vm_unmap_aliases(),
    after spin_unlock(&vn->pool_lock) in decay_va_pool_node
  task 0 to its end
  task 1 to its end
end
`);
  });

  it('comes to one task where it needs no other', () => {
    const strategy = { kind: 'pct', seed: 3, depth: 4 } as const;
    const { scenario: least } = minimized('v6.1', LARGE, strategy, noStaleAlias);
    expect(least.tasks.map(({ operations }) => operations.length)).toEqual([4]);
  });

  it('takes away every preemption that is not needed', () => {
    const subject = builtInPolicy('v6.5').subject();
    const { machine, tasks } = parseCase(SMALLEST).scenario;
    const options = {
      strategy: { kind: 'dpor' },
      properties: [noStaleAlias],
      limit: 1_000,
    } as const;
    const explored = explore(subject, { machine, tasks }, options);
    if (explored.verdict !== 'violated') throw new Error(explored.verdict);
    // A third task comes in between wherever it can.
    const other = scenario('task on cpu0\n  Z = vmap(1)\n  vunmap(Z)');
    const from = { machine, tasks: [...tasks, ...other.tasks] };
    const run = new InterleavedRun(subject, from, []);
    const schedule: number[] = [];
    for (const task of explored.schedule.flatMap((each) => [2, each])) {
      if (!run.enabled().includes(task)) continue;
      schedule.push(task);
      run.step(task);
    }
    expect(violatesBy(subject, from, schedule, noStaleAlias)).toBe(true);
    expect(preemptionsOf(subject, from, schedule)).toBeGreaterThan(10);
    const least = minimizeInterleaved(subject, from, schedule, noStaleAlias);
    expect(preemptionsOf(subject, least.scenario, least.schedule)).toBe(1);
    expect(least.scenario.tasks).toHaveLength(2);
  });

  it('keeps to its limit, and then has what it found by then', () => {
    const subject = builtInPolicy('v6.5').subject();
    const strategy = { kind: 'pct', seed: 3, depth: 4 } as const;
    const options = { strategy, properties: [noStaleAlias], limit: 100_000 };
    const explored = explore(subject, LARGE, options);
    if (explored.verdict !== 'violated') throw new Error(explored.verdict);
    for (const limit of [1, 200]) {
      const least = minimizeInterleaved(subject, LARGE, explored.schedule, noStaleAlias, { limit });
      expect(least.exhausted).toBe(true);
      expect(least.interleavings).toBe(limit);
      expect(violatesBy(subject, least.scenario, least.schedule, noStaleAlias)).toBe(true);
    }
  });
});
