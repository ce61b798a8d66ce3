import fc from 'fast-check';
import type { Machine } from '../../models/hardware/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Subject } from '../subject/port.ts';
import { draftArbitrary, machineArbitrary } from './arbitraries.ts';
import { CheckedRun, type RunOptions } from './checked-run.ts';
import { BAD_CALLS, type Draft, operationOf } from './draft.ts';
import type { Schedule } from './explorer.ts';
import type { InterleavedRun, InterleavedStep } from './interleaved-run.ts';
import { Roster } from './roster.ts';

/** A step after which another task goes on, though the one that runs could. */
export interface Switch {
  /** Steps that the running task takes before, from 0. */
  readonly after: number;
  /** Which of the other tasks that can go on, from 0; taken modulo how many there are. */
  readonly to: number;
}

/**
 * A scenario of several tasks and one of its interleavings, as data that means something whatever
 * part of it is taken away: fewer drafts are fewer operations, fewer switches less preemption.
 */
export interface TaskPlan {
  readonly machine: Machine;
  /** For each task, which of the online CPUs it is on, modulo how many there are. */
  readonly cpus: readonly number[];
  /** The operations of all tasks, in the order in which they are drawn up. */
  readonly drafts: readonly TaskDraft[];
  readonly switches: readonly Switch[];
}

interface TaskDraft {
  readonly task: number;
  readonly draft: Draft;
}

/** Few: races that are known need one or two, and fewer are drawn as well. */
const MOST_SWITCHES = 4;

/** Steps between two switches: calls take ten to thirty. */
const MOST_STEPS = 60;

/** Nobody watches while it is settled what drafts mean. */
const REHEARSAL: RunOptions = { tlb: 'fast', stateInterval: Number.POSITIVE_INFINITY };

/** Calls that have no meaning beside others, or none that is not had otherwise. */
const ALONE: ReadonlySet<string> = new Set([...BAD_CALLS, 'touch', 'run_work']);

/** Plans of so many tasks and up to `maxOps` operations; `fixed` as for machineArbitrary. */
export function taskPlanArbitrary(
  tasks: number,
  maxOps: number,
  fixed: Partial<Machine>,
): fc.Arbitrary<TaskPlan> {
  const all = { minLength: tasks, maxLength: tasks };
  const draft = draftArbitrary().filter(({ kind }) => !ALONE.has(kind));
  const step = fc.record({ after: fc.nat(MOST_STEPS), to: fc.nat(tasks) });
  return fc.record({
    machine: machineArbitrary(fixed),
    // Task n is on the n-th CPU, mostly.
    cpus: fc.array(fc.constantFrom(0, 0, 0, 1), all),
    drafts: fc.array(fc.record({ task: fc.nat(tasks - 1), draft }), {
      maxLength: maxOps,
      size: 'max',
    }),
    switches: fc.array(step, { maxLength: MOST_SWITCHES, size: 'max' }),
  });
}

/**
 * The scenario of a plan, without a schedule. What the drafts mean is settled by making the calls
 * one after the other, whatever task they are of: a task may be given what one before it allocated.
 */
export function scenarioOf(subject: Subject, { machine, cpus, drafts }: TaskPlan): Scenario {
  const run = new CheckedRun(subject, machine, [], REHEARSAL);
  const roster = new Roster();
  const operations = cpus.map((): Operation[] => []);
  // Which task allocates an area: a case names areas from its first task to its last.
  const owners = new Map<string, number>();
  for (const { task, draft } of drafts) {
    if (run.ended) break;
    const operation = operationOf(draft, run, roster);
    if (operation === null || (owners.get(areaOf(operation)) ?? 0) > task) continue;
    if ('area' in operation) owners.set(operation.area, task);
    roster.note(run, operation, run.step(operation));
    operations[task]?.push(operation);
  }
  const { onlineCpus } = machine;
  const tasks = cpus.map((cpu, task) => ({
    cpu: onlineCpus[(task + cpu) % onlineCpus.length] ?? 0,
    operations: operations[task] ?? [],
  }));
  return { machine, tasks };
}

/** The area an operation assigns or uses; none: an empty name. */
function areaOf(operation: Operation): string {
  if ('area' in operation) return operation.area;
  return 'at' in operation && 'area' in operation.at ? operation.at.area : '';
}

/**
 * Takes a run to its end, or to a violation: a task goes on as long as it can, then the first that
 * can, but for the switches, in their order. Returns the schedule of that.
 */
export function runSwitched(
  run: InterleavedRun,
  switches: readonly Switch[],
  onStep?: (step: InterleavedStep) => void,
): Schedule {
  const schedule: number[] = [];
  const enabled: number[] = [];
  let next = 0;
  let left = switches[0]?.after ?? Number.POSITIVE_INFINITY;
  while (run.violations.length === 0 && run.enabled(enabled).length > 0) {
    const last = schedule.at(-1) ?? enabled[0] ?? 0;
    const goesOn = enabled.includes(last);
    let task = goesOn ? last : (enabled[0] ?? 0);
    if (goesOn && left === 0) {
      const others = enabled.filter((other) => other !== last);
      const { to } = switches[next] ?? { to: 0 };
      task = others[to % others.length] ?? last;
      left = switches[++next]?.after ?? Number.POSITIVE_INFINITY;
    } else if (goesOn) {
      left--;
    }
    schedule.push(task);
    const step = run.step(task);
    onStep?.(step);
  }
  return schedule;
}
