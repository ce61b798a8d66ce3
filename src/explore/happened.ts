import { clash, meet, type Touched } from '../../models/kernel/footprint.ts';

/** Tasks that one run may have, workers included: a set of them is one 32-bit number. */
const MOST_TASKS = 31;

/** A state on the way of the current run, what was tried from it, and the step taken from it. */
interface Node {
  /** Sets of tasks, a bit each. */
  readonly enabled: number;
  /** To be tried from here. */
  todo: number;
  /** Not to be tried from here: whatever they begin with was, or is, shown elsewhere. */
  sleeping: number;
  /** What the next step of each sleeping task touches. */
  readonly asleep: (Touched | undefined)[];
  /** The task whose step was taken, and what that touched. */
  task: number;
  touched: Touched | null;
  /** For each task, how many of the steps of this run up to its last that came before this one. */
  clock: number[];
}

/**
 * The steps of the current run, which of them came before which of necessity, and what is left to
 * be tried. One step comes before another if both are of one task, if they clash and it was first,
 * if it started the worker whose step the other is, or through steps between them.
 */
export class Happened {
  readonly #nodes: Node[] = [];
  /** The last step of each task, by depth; -1: none. */
  #last: number[] = [];
  /** The step that started each worker, by depth. */
  #started: number[] = [];
  readonly #races: number[] = [];

  get length(): number {
    return this.#nodes.length;
  }

  schedule(): number[] {
    return this.#nodes.map(({ task }) => task);
  }

  taskAt(depth: number): number {
    return this.#nodes[depth]?.task ?? -1;
  }

  /** The scenario is run from its start again. */
  restart(tasks: number): void {
    this.#last = [];
    this.#started = [];
    this.#started.length = tasks;
  }

  /** A step was taken again, the same as in the run before. */
  repeated(depth: number, tasks: number): void {
    this.#last[this.taskAt(depth)] = depth;
    this.#noteStarted(depth, tasks);
  }

  #noteStarted(depth: number, tasks: number): void {
    if (tasks > MOST_TASKS) throw new RangeError(`more than ${MOST_TASKS} tasks and workers`);
    while (this.#started.length < tasks) this.#started.push(depth);
  }

  /**
   * The task to go on with in a new state, of those enabled: the one that ran last if it can, else
   * the first. -1 if every one of them is asleep.
   */
  choose(enabled: readonly number[]): number {
    let set = 0;
    for (let i = 0; i < enabled.length; i++) set |= 1 << (enabled[i] ?? 0);
    const node = newNode(set);
    const before = this.#nodes.at(-1);
    if (before !== undefined) inheritSleep(node, before);
    const awake = set & ~node.sleeping;
    if (awake === 0) return -1;
    const last = before?.task ?? -1;
    node.task = last >= 0 && awake & (1 << last) ? last : lowest(awake);
    node.todo = 1 << node.task;
    this.#nodes.push(node);
    return node.task;
  }

  /** The step chosen last was taken. Finds out which steps before it raced with it. */
  stepped(touched: Touched, tasks: number): void {
    const depth = this.#nodes.length - 1;
    const node = this.#nodes[depth];
    if (node === undefined) return;
    node.touched = touched;
    node.clock = this.#order(node.task, depth, touched);
    this.#reverse(node.task, node.clock, depth);
    // What the others would have done next is never seen now.
    if (touched.died) node.todo |= node.enabled;
    this.#last[node.task] = depth;
    this.#noteStarted(depth, tasks);
  }

  /** A task waits for ever, having touched this if it had not. */
  waits(task: number, touched: Touched): void {
    const depth = this.#nodes.length;
    this.#reverse(task, this.#order(task, depth, touched), depth);
  }

  /**
   * The clock of a step at a depth that the nodes below have led to. Leaves in `#races`, latest
   * first, the steps that clash with it, come right before it, and could have come after it.
   */
  #order(task: number, depth: number, touched: Touched): number[] {
    const nodes = this.#nodes;
    const races = this.#races;
    races.length = 0;
    const last = this.#last[task] ?? this.#started[task];
    const clock = last === undefined ? [] : (nodes[last]?.clock.slice() ?? []);
    if (last !== undefined) clock[this.taskAt(last)] = last + 1;
    // What comes before only because the task had to wait for it.
    let waited: number[] | null = null;
    for (let at = depth - 1; at >= 0; at--) {
      const before = nodes[at];
      if (before === undefined || before.touched === null || before.task === task) continue;
      if ((clock[before.task] ?? 0) > at) continue;
      const hidden = waited !== null && (waited[before.task] ?? 0) > at;
      if (hidden) {
        // Inside what the task waited for only the step that took the lock could come later.
        if (!meet(touched.needed, before.touched.taken)) continue;
        if (!clash(before.touched, touched)) continue;
        races.push(at);
        join(clock, before, at);
        continue;
      }
      if (meet(touched.awaited, before.touched.ended)) {
        join(clock, before, at);
      } else if (clash(before.touched, touched)) {
        if (meet(touched.needed, before.touched.held)) {
          waited ??= [];
          join(waited, before, at);
        } else {
          races.push(at);
          join(clock, before, at);
        }
      }
    }
    if (waited !== null) merge(clock, waited);
    clock[task] = depth + 1;
    return clock;
  }

  /** Sees to it that each step of `#races` is tried after the step at `depth` as well. */
  #reverse(task: number, clock: readonly number[], depth: number): void {
    for (const at of this.#races) {
      const node = this.#nodes[at];
      if (node === undefined) continue;
      const initials = this.#initials(at, task, clock, depth);
      if ((initials & (node.todo | node.sleeping)) !== 0) continue;
      const possible = initials & node.enabled;
      if (possible === 0) node.todo |= node.enabled;
      else if (possible & (1 << task)) node.todo |= 1 << task;
      else node.todo |= 1 << lowest(possible);
    }
  }

  /**
   * The tasks that can begin what comes after the step `at` but not because of it, and then the
   * step at `depth`: with any of them the two steps come in the other order.
   */
  #initials(at: number, task: number, clock: readonly number[], depth: number): number {
    const nodes = this.#nodes;
    const first = nodes[at]?.task ?? -1;
    const later: number[] = [];
    let initials = 0;
    for (let i = at + 1; i <= depth; i++) {
      const by = i === depth ? task : this.taskAt(i);
      const time = i === depth ? clock : (nodes[i]?.clock ?? []);
      if (i < depth && (time[first] ?? 0) > at) continue;
      let isFirst = true;
      for (let j = 0; j < later.length && isFirst; j++) {
        const earlier = later[j] ?? 0;
        if ((time[this.taskAt(earlier)] ?? 0) > earlier) isFirst = false;
      }
      if (isFirst) initials |= 1 << by;
      later.push(i);
    }
    return initials;
  }

  /**
   * Goes back to the latest state from which something is left to be tried, and takes that for its
   * step; the nodes behind it are gone. False: nothing is left.
   */
  backtrack(): boolean {
    for (let node = this.#nodes.at(-1); node !== undefined; node = this.#nodes.at(-1)) {
      node.sleeping |= 1 << node.task;
      node.asleep[node.task] = node.touched ?? undefined;
      const left = node.todo & ~node.sleeping;
      if (left !== 0) {
        node.task = lowest(left);
        node.touched = null;
        return true;
      }
      this.#nodes.pop();
    }
    return false;
  }
}

function newNode(enabled: number): Node {
  return { enabled, todo: 0, sleeping: 0, asleep: [], task: -1, touched: null, clock: [] };
}

/** Who sleeps in a state sleeps in the next one too, unless the step between wakes it. */
function inheritSleep(node: Node, before: Node): void {
  const { touched } = before;
  if (before.sleeping === 0 || touched === null) return;
  for (let task = 0; task < before.asleep.length; task++) {
    const next = before.asleep[task];
    if (next === undefined || task === before.task || clash(next, touched)) continue;
    node.sleeping |= 1 << task;
    node.asleep[task] = next;
  }
}

function join(clock: number[], { task, clock: other }: Node, depth: number): void {
  merge(clock, other);
  clock[task] = Math.max(clock[task] ?? 0, depth + 1);
}

function merge(clock: number[], other: readonly number[]): void {
  for (let task = 0; task < other.length; task++) {
    const time = other[task] ?? 0;
    if (time > (clock[task] ?? 0)) clock[task] = time;
  }
}

function lowest(set: number): number {
  return 31 - Math.clz32(set & -set);
}
