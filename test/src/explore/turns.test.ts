import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../src/explore/explorer.ts';
import { followTurns, nameTurns, TurnsExpired } from '../../../src/explore/turns.ts';
import { wrapWords } from '../../../src/report/words.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { randomSchedule } from './random-schedule.ts';

/** A case of several tasks, each `cpuN: operation; operation`, with turns below them. */
function scenario(tasks: readonly string[], turns: readonly string[] = [], machine = ''): Scenario {
  const lines = tasks.flatMap((task) => {
    const [cpu = '', operations = ''] = task.split(': ');
    return [`task on ${cpu}`, ...operations.split('; ')];
  });
  const schedule = turns.length === 0 ? [] : ['schedule', ...turns];
  const head = ['vmapcheck case 1', `machine cpus=2 vmalloc=64 block=4 max-alloc=2 ${machine}`];
  return parseCase([...head, ...lines, ...schedule, 'end'].join('\n')).scenario;
}

const RACE = [
  'cpu0: A = vm_map_ram(2); B = vm_map_ram(2); vm_unmap_ram(A); vm_unmap_ram(B)',
  'cpu1: vm_unmap_aliases()',
];
const SCENARIOS = [
  scenario(RACE),
  scenario(
    [
      'cpu0: A = vmalloc(2); vfree(A); vm_unmap_aliases(); vm_unmap_aliases()',
      'cpu1: B = vmap(3); touch(B) on cpu0; vunmap(B); vm_unmap_aliases(); vm_unmap_aliases()',
      'cpu0: C = vm_map_ram(1); vm_unmap_ram(C); vread(C, 1); touch(C) on cpu1',
    ],
    [],
    'lazy-max=1 nodes=2',
  ),
];

describe('turns', () => {
  it('are the schedule in other words: the same steps, from the printed text too', () => {
    const policy = fc.constantFrom('v5.4', 'v6.1', 'v6.5', 'v6.12', 'exact');
    const each = fc.tuple(policy, fc.nat(SCENARIOS.length - 1), fc.nat(), fc.nat(300));
    let workers = 0;
    fc.assert(
      fc.property(each, ([name, which, seed, most]) => {
        const of = SCENARIOS[which] ?? scenario(RACE);
        const subject = builtInPolicy(name).subject();
        const schedule = randomSchedule(subject, of, seed, most);
        const turns = nameTurns(subject, of, schedule);
        const text = printCase({
          policy: name,
          property: null,
          scenario: { ...of, schedule: turns },
          observed: [],
          certificate: [],
        });
        const read = parseCase(text).scenario;
        expect(read.schedule).toEqual(turns);
        const followed = followTurns(subject, read, []);
        expect(followed.schedule.slice(0, schedule.length)).toEqual(schedule);
        expect(followed.turns).toEqual(turns);
        expect(followed.run.isDone).toBe(true);
        workers += turns.filter(({ kind }) => kind === 'worker').length;
      }),
      { seed: 4, numRuns: 60 },
    );
    expect(workers).toBeGreaterThan(10);
  });

  it('name where a task stops', () => {
    const named = (schedule: Schedule): string[] => {
      const of = scenario(RACE);
      const turns = nameTurns(builtInPolicy('v6.5').subject(), of, schedule);
      const whole = { policy: null, property: null, observed: [], certificate: [] };
      const text = printCase({ ...whole, scenario: { ...of, schedule: turns } });
      return text.slice(text.indexOf('schedule\n')).split('\n').slice(1, -2);
    };
    expect(named([1, 0]).map((line) => line.trim())).toMatchInlineSnapshot(`
      [
        "task 1 until vm_unmap_aliases() begins",
        "task 0 to its end",
        "task 1 to its end",
      ]
    `);
    expect(named([0, 0, 0, 0, 0, 1, 1, 1, 1, 0])).toMatchInlineSnapshot(`
      [
        "  task 0 until A = vm_map_ram(2),",
        "    after spin_lock(&vmap_area_lock) in alloc_vmap_area",
        "  task 1 until vm_unmap_aliases(),",
        "    after xa_for_each in _vm_unmap_aliases, 2nd time",
        "  task 0 to its end",
        "  task 1 to its end",
      ]
    `);
  });
});

/** Why a schedule of the race cannot be followed on a policy, or `taken`. */
function refusal(policy: string, ...turns: string[]): string {
  try {
    followTurns(builtInPolicy(policy).subject(), scenario(RACE, turns), []);
    return 'taken';
  } catch (error) {
    if (!(error instanceof TurnsExpired)) throw error;
    return wrapWords(error.message, 80).join('\n');
  }
}

describe('a turn that cannot be taken has expired', () => {
  const held = 'task 0 until vm_unmap_ram(A), after spin_lock(&vb->lock) in vb_free';
  const walked = 'task 1 until vm_unmap_aliases(), after spin_lock(&vb->lock) in _vm_unmap_aliases';

  it('as the function does not come by the point', () => {
    const late = 'task 0 until vm_unmap_ram(B), after spin_unlock(&vb->lock) in vb_free, 2nd time';
    expect(refusal('v6.5', late)).toBe('taken');
    expect(refusal('v6.1', late)).toMatchInlineSnapshot(`
      "turn 1, "task 0 until vm_unmap_ram(B), after spin_unlock(&vb->lock) in vb_free,
      2nd time", cannot be taken: vm_unmap_ram(B) returns without it"
    `);
  });

  it('as there is no such point or function', () => {
    const gone = 'task 1 until vm_unmap_aliases(), after spin_lock(&old_lock) in old_walk';
    expect(refusal('v6.5', gone)).toMatchInlineSnapshot(`
      "turn 1, "task 1 until vm_unmap_aliases(), after spin_lock(&old_lock) in
      old_walk", cannot be taken: vm_unmap_aliases() returns without it"
    `);
  });

  it('as the task is past it already', () => {
    const before = 'task 0 until B = vm_map_ram(2) begins';
    expect(refusal('v6.5', 'task 0 until vm_unmap_ram(A) returns', before)).toMatchInlineSnapshot(`
      "turn 2, "task 0 until B = vm_map_ram(2) begins", cannot be taken: it has come to
      vm_unmap_ram(B)"
    `);
    const begins = 'task 1 until vm_unmap_aliases() begins';
    expect(refusal('v6.5', 'task 1 to its end', begins)).toMatchInlineSnapshot(`
      "turn 2, "task 1 until vm_unmap_aliases() begins", cannot be taken: it has done
      all it had to"
    `);
  });

  it('as the task has to wait before it, or does not wait', () => {
    expect(refusal('v6.5', held, walked)).toMatchInlineSnapshot(`
      "turn 2, "task 1 until vm_unmap_aliases(), after spin_lock(&vb->lock) in
      _vm_unmap_aliases", cannot be taken: it waits at spin_lock(&vb->lock) in
      _vm_unmap_aliases"
    `);
    expect(refusal('v6.5', held, walked.replace('after', 'waiting at'))).toBe('taken');
    expect(refusal('v6.5', walked.replace('after', 'waiting at'))).toMatchInlineSnapshot(`
      "turn 1, "task 1 until vm_unmap_aliases(), waiting at spin_lock(&vb->lock) in
      _vm_unmap_aliases", cannot be taken: vm_unmap_aliases() returns without it"
    `);
  });

  it('as no worker has been started', () => {
    expect(refusal('v6.5', 'worker 0 to its end')).toMatchInlineSnapshot(
      `"turn 1, "worker 0 to its end", cannot be taken: it has not been started"`,
    );
  });
});

describe('followTurns', () => {
  it('leaves a task that has to wait before its end, and comes back to it', () => {
    const held = 'task 0 until vm_unmap_ram(A), after spin_lock(&vb->lock) in vb_free';
    const of = scenario(RACE, [held, 'task 1 to its end']);
    const { turns, run } = followTurns(builtInPolicy('v6.5').subject(), of, []);
    expect(run.isDone).toBe(true);
    expect(turns.map(({ number, until }) => [number, until.kind])).toEqual([
      [0, 'after'],
      [1, 'waiting'],
      [0, 'end'],
      [1, 'end'],
    ]);
  });

  it('without turns runs the tasks one after the other', () => {
    const { turns } = followTurns(builtInPolicy('v6.5').subject(), scenario(RACE), []);
    expect(turns.map(({ number, until }) => [number, until.kind])).toEqual([
      [0, 'end'],
      [1, 'end'],
    ]);
  });
});
