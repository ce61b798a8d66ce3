import { clash, shutsOut, type Touched } from '../../models/kernel/footprint.ts';
import { type Clock, follows, type Happening, racesOf } from './happening.ts';
import { initialsOf, reorder } from './reorder.ts';

/** Tasks that one run may have, workers included: a set of them is one 32-bit number. */
const MOST_TASKS = 31;

/** A state on the way of the current run, what was tried from it, and the step taken from it. */
interface State extends Happening {
  task: number;
  touched: Touched | null;
  clock: Clock;
  /** Sets of tasks, a bit each. */
  readonly enabled: number;
  /** To be tried from here. */
  todo: number;
  /** Not to be tried from here: whatever they begin with was, or is, shown elsewhere. */
  sleeping: number;
  /** What the next step of each sleeping task touches. */
  readonly asleep: (Touched | undefined)[];
  /** How many tasks there were after the step, workers included. */
  tasks: number;
}

/**
 * The steps of the current run, in which order they had to be taken, and what is left to be tried
 * from the states between them.
 */
export class Happened {
  readonly #states: State[] = [];
  /** The last step of each task, or the step that started it, by depth; undefined: none. */
  #last: (number | undefined)[] = [];
  /** The task that took the first step on each CPU, and whether another one took one there too. */
  readonly #firstOn: (number | undefined)[] = [];
  #sharesCpus = false;

  get length(): number {
    return this.#states.length;
  }

  schedule(): number[] {
    return this.#states.map(({ task }) => task);
  }

  taskAt(depth: number): number {
    return this.#states[depth]?.task ?? -1;
  }

  /**
   * The scenario is run from its start again, with so many tasks. Returns who is to take the steps
   * that are the same as in the run before: all but the last.
   */
  restart(tasks: number): number[] {
    this.#last = new Array<undefined>(tasks).fill(undefined);
    const same: number[] = [];
    for (let depth = 0; depth < this.#states.length - 1; depth++) same.push(this.#note(depth));
    return same;
  }

  /** Takes in who took a step, and which workers it started. Returns the task. */
  #note(depth: number): number {
    const state = this.#states[depth];
    if (state === undefined) return -1;
    this.#last[state.task] = depth;
    while (this.#last.length < state.tasks) this.#last.push(depth);
    return state.task;
  }

  /**
   * The task to go on with in a new state, of those enabled: the one that ran last if it can, else
   * the first. -1 if every one of them is asleep.
   */
  choose(enabled: readonly number[]): number {
    let set = 0;
    for (let i = 0; i < enabled.length; i++) set |= 1 << (enabled[i] ?? 0);
    const state = newState(set);
    const before = this.#states.at(-1);
    if (before !== undefined) inheritSleep(state, before);
    const awake = set & ~state.sleeping;
    if (awake === 0) return -1;
    const last = before?.task ?? -1;
    state.task = last >= 0 && awake & (1 << last) ? last : lowest(awake);
    state.todo = 1 << state.task;
    this.#states.push(state);
    return state.task;
  }

  /** The step chosen last was taken. Sees to it that what it raced with is tried after it too. */
  stepped(touched: Touched, tasks: number): void {
    const depth = this.#states.length - 1;
    const state = this.#states[depth];
    if (state === undefined) return;
    state.touched = touched;
    this.#firstOn[touched.cpu] ??= state.task;
    if (this.#firstOn[touched.cpu] !== state.task) this.#sharesCpus = true;
    state.clock = this.#reverseRaces(state.task, touched, depth);
    if (tasks > MOST_TASKS) throw new RangeError(`more than ${MOST_TASKS} tasks and workers`);
    state.tasks = tasks;
    this.#note(depth);
  }

  /** A task never takes its next step, which would have touched this. */
  waits(task: number, touched: Touched): void {
    this.#reverseRaces(task, touched, this.#states.length);
  }

  /** Returns the clock of a step that is taken, or would be, after those above `depth`. */
  #reverseRaces(task: number, touched: Touched, depth: number): Clock {
    const states = this.#states;
    const step = { task, touched, clock: follows(states, this.#last[task]) };
    const races = racesOf(states, step, depth);
    for (let i = 0; i < races.length; i++) this.#reverse(races[i] ?? 0, step, depth);
    return step.clock;
  }

  #reverse(race: number, step: Happening, depth: number): void {
    const last = this.#last[step.task];
    const other = this.#sharesCpus
      ? reorder(this.#states, race, step, depth, last)
      : { from: race, initials: initialsOf(this.#states, race, step, depth) };
    if (other === null) return;
    const state = this.#states[other.from];
    if (state === undefined || (other.initials & (state.todo | state.sleeping)) !== 0) return;
    const possible = other.initials & state.enabled;
    if (possible === 0) state.todo |= state.enabled;
    else if (possible & (1 << step.task)) state.todo |= 1 << step.task;
    else state.todo |= 1 << lowest(possible);
  }

  /**
   * Goes back to the latest state from which something is left to be tried, and takes that for its
   * step; the states behind it are gone. False: nothing is left.
   */
  backtrack(): boolean {
    for (let state = this.#states.at(-1); state !== undefined; state = this.#states.at(-1)) {
      state.sleeping |= 1 << state.task;
      state.asleep[state.task] = state.touched ?? undefined;
      const left = state.todo & ~state.sleeping;
      if (left !== 0) {
        state.task = lowest(left);
        state.touched = null;
        return true;
      }
      this.#states.pop();
    }
    return false;
  }
}

function newState(enabled: number): State {
  return {
    enabled,
    todo: 0,
    sleeping: 0,
    asleep: [],
    task: -1,
    touched: null,
    clock: [],
    tasks: 0,
  };
}

/**
 * Who sleeps in a state sleeps in the next one too, unless the step between wakes it: by touching
 * what the sleeper would, or because it could not come between the sleeper's step and the next.
 */
function inheritSleep(state: State, before: State): void {
  const { touched } = before;
  if (before.sleeping === 0 || touched === null) return;
  for (let task = 0; task < before.asleep.length; task++) {
    const next = before.asleep[task];
    if (next === undefined || task === before.task) continue;
    if (clash(next, touched) || shutsOut(next, touched)) continue;
    state.sleeping |= 1 << task;
    state.asleep[task] = next;
  }
}

function lowest(set: number): number {
  return 31 - Math.clz32(set & -set);
}
