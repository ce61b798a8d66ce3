/** What a scheduling point does to the shared object it names. */
export type PointKind =
  | 'lock'
  | 'unlock'
  | 'blocked'
  | 'read'
  | 'write'
  | 'atomic'
  | 'rcu'
  | 'pte'
  | 'flush'
  | 'work';

/**
 * One scheduling point: where another task may run. `object` is the shared object about to be
 * touched, so that an explorer can tell which points commute; `label` is its name in the C source.
 */
export interface Point {
  readonly kind: PointKind;
  readonly object: object;
  readonly label: string;
}

/** A kernel function: a generator over its scheduling points. */
export type Run<T> = Generator<Point, T, undefined>;

/**
 * What `yield*` accepts where a scheduling point can be: a generator, or a point passed at once.
 */
export type Step<T> = Iterable<Point, T, undefined>;

/**
 * A step without a scheduling point, for straight runs: `yield*` on it costs a few nanoseconds
 * where a generator object costs twenty. One instance serves all callers, because `yield*` takes
 * the value out before anything else can run.
 */
export class PassedStep<T> implements Iterable<Point, T, undefined>, Iterator<Point, T, undefined> {
  readonly #result: { done: true; value: T };

  constructor(value: T) {
    this.#result = { done: true, value };
  }

  with(value: T): this {
    this.#result.value = value;
    return this;
  }

  next(): IteratorReturnResult<T> {
    return this.#result;
  }

  [Symbol.iterator](): Iterator<Point, T, undefined> {
    return this;
  }
}

/**
 * A step with one scheduling point, which it is itself: it stops there once, and does its one thing
 * when it is resumed. Costs a third of a generator.
 */
export class StoppedStep<T>
  implements Point, Iterable<Point, T, undefined>, Iterator<Point, T, undefined>
{
  readonly kind: PointKind;
  readonly object: object;
  readonly label: string;
  readonly done = false;
  readonly #act: () => T;
  protected isPassed = false;

  /** `act`: what is done behind the point; its result is that of the step. */
  constructor(kind: PointKind, object: object, label: string, act: () => T) {
    this.kind = kind;
    this.object = object;
    this.label = label;
    this.#act = act;
  }

  get value(): Point {
    return this;
  }

  next(): IteratorResult<Point, T> {
    if (this.isPassed) return { done: true, value: this.#act() };
    this.isPassed = true;
    return this;
  }

  [Symbol.iterator](): Iterator<Point, T, undefined> {
    return this;
  }
}

/**
 * Runs a kernel function to its end with every scheduling point stopping, nobody else running in
 * between. Throws if it waits for a lock, which nobody can release then.
 */
export function runStepped<T>(run: Run<T>): T {
  let result = run.next();
  while (!result.done) {
    if (result.value.kind === 'blocked') throw new Error(`waits for ${result.value.label} alone`);
    result = run.next();
  }
  return result.value;
}

/** Runs a kernel function to its end. It must not stop at a scheduling point on the way. */
export function runStraight<T>(run: Run<T>): T {
  const result = run.next();
  if (!result.done) {
    throw new Error(`a straight run stopped at ${result.value.label}`);
  }
  return result.value;
}
