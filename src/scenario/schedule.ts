/** A scheduling point as a reader of the C source finds it. */
export interface PointName {
  /** What is done there: `spin_unlock(&vb->lock)`. */
  readonly text: string;
  /** The kernel function it stands in: `vb_free`. */
  readonly inFunction: string;
}

/** One passing of a scheduling point in a call. */
export interface PointVisit extends PointName {
  /** Which time in the call, from 1. */
  readonly nth: number;
}

/**
 * Where a task stops for another to go on. `operation` is the index among those of the task. A task
 * that has to wait stops before an `end` or `returns`; the other places it must come to.
 */
export type Until =
  /** It has done all it had to. */
  | { readonly kind: 'end' }
  /** The call has begun and has not yet come to its first point. */
  | { readonly kind: 'begins'; readonly operation: number }
  | { readonly kind: 'returns'; readonly operation: number }
  /** The point is passed, and the next one is not. */
  | { readonly kind: 'after'; readonly operation: number; readonly point: PointVisit }
  /** It stands at the point and cannot go on: a lock that is held, work that is not done. */
  | { readonly kind: 'waiting'; readonly operation: number; readonly point: PointVisit };

/** Who runs: a task of the scenario, or a kernel worker, by the order in which they start. */
export interface Runner {
  readonly kind: 'task' | 'worker';
  readonly number: number;
}

/** How long one task runs before another one does. A worker's call is its operation 0. */
export interface Turn extends Runner {
  readonly until: Until;
}

/**
 * An interleaving, told by its switches from one task to another. When the turns are used up, the
 * task that ran last goes on, then the others, lowest number first, each as far as it can.
 */
export type Turns = readonly Turn[];

/** Who a number of an interleaved run is: the tasks come first, then the workers. */
export function runnerOf(task: number, tasks: number): Runner {
  return task < tasks ? { kind: 'task', number: task } : { kind: 'worker', number: task - tasks };
}

/** `task 0`, `worker 1`. */
export function runnerText({ kind, number }: Runner): string {
  return `${kind} ${number}`;
}

/** How many of the turns end though their task could have gone on. */
export function preemptionsIn(turns: Turns): number {
  return turns.filter(({ until: { kind } }) => kind !== 'end' && kind !== 'waiting').length;
}
