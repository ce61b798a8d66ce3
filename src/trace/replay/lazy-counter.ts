/** One change of vmap_lazy_nr, between two lines of the task that made it. */
export interface CounterChange {
  /** Pages added, negative when taken off. */
  readonly amount: number;
  /** It came after this line ... */
  readonly from: number;
  /** ... and before this one. */
  to: number;
  /** What the trace says the counter was then; null: it does not say. */
  recorded: number | null;
}

/** A value that fits no order of the changes. */
export interface CounterMismatch {
  readonly line: number;
  readonly recorded: number;
  /** What it would be after the changes before it. */
  readonly model: number;
}

export interface CounterVerdict {
  readonly compared: number;
  /** Values that came about in another order than that of their lines. */
  readonly outOfOrder: number;
  readonly mismatches: readonly CounterMismatch[];
}

/**
 * Whether the values that vmap_lazy_nr had can all come about. The kernel adds to the counter
 * before it locks the lazy list, and the lines are in the order of the lock; so a change has no
 * line of its own, only two lines of its task that it lies between. The verdict: is there an order
 * of all changes, each within its bounds, in which every recorded value is what the counter has?
 */
export function judgeCounter(changes: readonly CounterChange[]): CounterVerdict {
  const search = new OrderSearch(changes);
  while (!search.done) if (!search.advance() && !search.retreat()) search.giveUp();
  return search.verdict();
}

/** Choices that are taken back before a value is said to fit no order. */
const RETREATS_MAX = 2_000;

/** How far the order has come. */
interface Progress {
  readonly value: number;
  /** By end, the first change that is not placed: the one that is due. */
  readonly first: number;
  /** By begin, the first change that has not begun. */
  readonly begun: number;
  /** Begun and not placed. */
  readonly open: readonly CounterChange[];
}

interface Choice {
  readonly before: Progress;
  readonly options: readonly CounterChange[];
  /** Which of them was placed. */
  readonly taken: number;
}

/**
 * Puts changes in order, one after the other: one whose recorded value fits; else one without a
 * value. Where nothing fits, earlier choices are taken back.
 */
class OrderSearch {
  readonly #byEnd: readonly CounterChange[];
  readonly #byBegin: readonly CounterChange[];
  readonly #placed = new Set<CounterChange>();
  readonly #mismatches: CounterMismatch[] = [];
  #choices: Choice[] = [];
  #progress: Progress = { value: 0, first: 0, begun: 0, open: [] };
  #retreats = 0;
  /** The choices of the search that came furthest, to go back to if it fails. */
  #furthest: Choice[] = [];
  /** Choices before this one are not taken back any more. */
  #floor = 0;

  constructor(changes: readonly CounterChange[]) {
    this.#byEnd = changes.toSorted((a, b) => a.to - b.to);
    this.#byBegin = changes.toSorted((a, b) => a.from - b.from);
  }

  get done(): boolean {
    return this.#choices.length === this.#byEnd.length;
  }

  /** Places one more change; false: nothing fits. */
  advance(): boolean {
    const before = this.#begin();
    const options = fitting(before.open, before.value);
    if (options.length === 0) return false;
    this.#place({ before, options, taken: 0 });
    return true;
  }

  /** Takes choices back to the last that can be made another way; false: there is none. */
  retreat(): boolean {
    if (this.#choices.length > this.#furthest.length) {
      this.#furthest = [...this.#choices];
      this.#retreats = 0;
    }
    while (this.#choices.length > this.#floor && this.#retreats < RETREATS_MAX) {
      this.#retreats++;
      const { before, options, taken } = this.#takeBack();
      if (taken + 1 === options.length) continue;
      this.#place({ before, options, taken: taken + 1 });
      return true;
    }
    return false;
  }

  /** Places what is due although its value does not fit, where the search came furthest. */
  giveUp(): void {
    while (this.#choices.length > this.#floor) this.#takeBack();
    for (const choice of this.#furthest.slice(this.#floor)) this.#place(choice);
    const before = this.#begin();
    const due = at(this.#byEnd, before.first);
    const model = before.value + due.amount;
    this.#mismatches.push({ line: due.to, recorded: due.recorded ?? model, model });
    this.#place({ before, options: [due], taken: 0 });
    this.#floor = this.#choices.length;
    this.#retreats = 0;
  }

  verdict(): CounterVerdict {
    let compared = 0;
    let outOfOrder = 0;
    let last = 0;
    for (const { options, taken } of this.#choices) {
      const { recorded, to } = at(options, taken);
      if (recorded === null) continue;
      compared++;
      if (to < last) outOfOrder++;
      last = Math.max(last, to);
    }
    return { compared, outOfOrder, mismatches: this.#mismatches };
  }

  /** What has begun before the change that is due must end. */
  #begin(): Progress {
    let { first, begun } = this.#progress;
    while (this.#placed.has(at(this.#byEnd, first))) first++;
    const deadline = at(this.#byEnd, first).to;
    const open = [...this.#progress.open];
    for (; begun < this.#byBegin.length; begun++) {
      const change = at(this.#byBegin, begun);
      if (change.from >= deadline) break;
      open.push(change);
    }
    return { value: this.#progress.value, first, begun, open };
  }

  #place(choice: Choice): void {
    const { before, options, taken } = choice;
    const change = at(options, taken);
    this.#placed.add(change);
    this.#choices.push(choice);
    this.#progress = {
      ...before,
      value: change.recorded ?? before.value + change.amount,
      open: before.open.filter((other) => other !== change),
    };
  }

  #takeBack(): Choice {
    const choice = at(this.#choices, this.#choices.length - 1);
    this.#choices.pop();
    this.#placed.delete(at(choice.options, choice.taken));
    return choice;
  }
}

/** The changes that can come next: those whose value fits, those without; the next due first. */
function fitting(open: readonly CounterChange[], value: number): CounterChange[] {
  return open
    .filter(({ recorded, amount }) => recorded === null || recorded === value + amount)
    .sort((a, b) => Number(a.recorded === null) - Number(b.recorded === null) || a.to - b.to);
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no change ${index}`);
  return item;
}
