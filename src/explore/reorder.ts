import { shutsOut } from '../../models/kernel/footprint.ts';
import { type Clock, follows, type Happening, isAfter, orderOf } from './happening.ts';

/** From which state on, and with which tasks, to try two steps in the other order. */
export interface Reordering {
  /** The depth of the state. */
  readonly from: number;
  /** A set of tasks, a bit each: any of them will do. */
  readonly initials: number;
}

/** Who cannot be preempted on a CPU, and the depth of the step since when. */
interface Section {
  readonly task: number;
  readonly since: number;
}

/**
 * How a step that follows the steps above `depth` can come before the one at `race`: first what was
 * taken between the two, but not because of the first, then the step. Any task that can begin that
 * will do; returns the set of them.
 */
export function initialsOf(
  steps: readonly Happening[],
  race: number,
  step: Happening,
  depth: number,
): number {
  const first = steps[race]?.task ?? -1;
  const between: number[] = [];
  let initials = 0;
  for (let at = race + 1; at <= depth; at++) {
    const { task, clock } = at === depth ? step : (steps[at] ?? step);
    if (at < depth && isAfter(clock, first, race)) continue;
    if (comesFirst(steps, between, clock)) initials |= 1 << task;
    between.push(at);
  }
  return initials;
}

function comesFirst(
  steps: readonly Happening[],
  between: readonly number[],
  clock: Clock,
): boolean {
  for (let i = 0; i < between.length; i++) {
    const at = between[i] ?? 0;
    if (isAfter(clock, steps[at]?.task ?? -1, at)) return false;
  }
  return true;
}

/**
 * The same where tasks share CPUs. A task that cannot be preempted may be in the step's way on its
 * CPU, and not get any further: then the step has to come before all that task did since. `last` is
 * the step of its task before, or the one that started its task. Null: the step cannot come before
 * the other one unless more steps change places.
 */
export function reorder(
  steps: readonly Happening[],
  race: number,
  step: Happening,
  depth: number,
  last: number | undefined,
): Reordering | null {
  let from = race;
  let { clock } = step;
  for (;;) {
    const attempt = new Attempt(steps, from, { ...step, clock }, depth);
    const section = attempt.run();
    if (section === null) return null;
    if (section < 0) return { from, initials: attempt.initials };
    clock = orderOf(steps, { ...step, clock: follows(steps, last) }, depth, section);
    if (isAfter(clock, steps[section]?.task ?? -1, section)) return null;
    from = section;
  }
}

/** Takes the steps behind `from`, without those that come because of it, and then the step. */
class Attempt {
  readonly #steps: readonly Happening[];
  readonly #from: number;
  readonly #step: Happening;
  readonly #depth: number;
  /** Steps that are left out, and with them all that comes because of them. */
  readonly #dropped: number[] = [];
  readonly #taken: number[] = [];
  /** By CPU. */
  #sections: (Section | undefined)[] = [];
  initials = 0;

  constructor(steps: readonly Happening[], from: number, step: Happening, depth: number) {
    this.#steps = steps;
    this.#from = from;
    this.#step = step;
    this.#depth = depth;
  }

  /** Returns -1: done; null: impossible; else the depth since when a task before is in the way. */
  run(): number | null {
    for (;;) {
      this.#begin();
      let again = false;
      for (let at = this.#from + 1; at <= this.#depth && !again; at++) {
        if (this.#isLeftOut(at)) {
          if (at === this.#depth) return null;
          continue;
        }
        const section = this.#inTheWay(at);
        if (section === undefined) this.#take(at);
        else if (!this.#isNeeded(at)) this.#dropped.push(at);
        else if (section.since < this.#from) return section.since;
        else if (isAfter(this.#step.clock, section.task, section.since)) return null;
        else again = this.#dropped.push(section.since) > 0;
      }
      if (!again) return -1;
    }
  }

  #begin(): void {
    this.#taken.length = 0;
    this.#sections = [];
    this.initials = 0;
    for (let at = 0; at < this.#from; at++) this.#noteSection(at);
  }

  #at(depth: number): Happening {
    return depth === this.#depth ? this.#step : (this.#steps[depth] ?? this.#step);
  }

  #noteSection(depth: number): void {
    const { task, touched } = this.#at(depth);
    if (touched === null) return;
    const { cpu, atomicBefore, atomicAfter } = touched;
    if (!atomicAfter) {
      if (atomicBefore) this.#sections[cpu] = undefined;
    } else if (!atomicBefore) {
      this.#sections[cpu] = { task, since: depth };
    }
  }

  /** Whether a step comes because of the one it is to come before, or of one that is left out. */
  #isLeftOut(depth: number): boolean {
    const { clock } = this.#at(depth);
    const first = this.#steps[this.#from]?.task ?? -1;
    if (depth < this.#depth && isAfter(clock, first, this.#from)) return true;
    for (const dropped of this.#dropped) {
      if (isAfter(clock, this.#steps[dropped]?.task ?? -1, dropped)) return true;
    }
    return false;
  }

  #isNeeded(depth: number): boolean {
    return depth === this.#depth || isAfter(this.#step.clock, this.#at(depth).task, depth);
  }

  #inTheWay(depth: number): Section | undefined {
    const { task, touched } = this.#at(depth);
    const section = this.#sections[touched?.cpu ?? -1];
    return section?.task === task ? undefined : section;
  }

  #take(depth: number): void {
    const { task, clock, touched } = this.#at(depth);
    let isFirst = true;
    for (const depthBefore of this.#taken) {
      const before = this.#at(depthBefore);
      if (isAfter(clock, before.task, depthBefore)) isFirst = false;
      if (touched && before.touched && shutsOut(touched, before.touched)) isFirst = false;
    }
    if (isFirst) this.initials |= 1 << task;
    this.#taken.push(depth);
    this.#noteSection(depth);
  }
}
