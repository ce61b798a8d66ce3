import type { TraceEvent } from '../event.ts';
import type { CounterChange } from './lazy-counter.ts';
import type { Model, ModelCall } from './model.ts';
import { modelState } from './model-state.ts';
import type { ModelEvent, ProbeCode } from './probe.ts';
import { expectedText, type Kind, modelEventText, type Tally } from './tally.ts';

/** What a line says; null: it does not say, and anything will do. */
export type Expected = readonly (number | null)[];

/** Everything that has lines. */
export type ComparedCode = Exclude<ProbeCode, 'count'>;

/** Under which head each is counted, unless its caller knows better. */
const KIND_OF: Readonly<Record<ComparedCode, Kind>> = {
  A: 'addresses from the heap',
  F: 'areas made lazy',
  P: 'purge ranges',
  q: 'purge counts',
  p: 'purge counts',
  C: 'pools decayed',
  K: 'areas out of decayed pools',
  D: 'lazy lists detached',
  T: 'flush ranges',
  n: 'areas purged to a pool',
  Q: 'areas purged to a pool',
  M: 'merges in the heap',
  R: 'heads of pools rotated',
  X: 'blocks given up',
};

/** What of the functions' entries and returns a recorder may have had no probe for. */
const OPTIONAL: readonly ProbeCode[] = ['q', 'p', 'n', 'C'];

/** A call of the model, as the lines of one task see it. */
export interface OpenCall {
  readonly call: ModelCall;
  /** The last line that was held against it. */
  line: number;
  /** Codes that were not recorded when it began. */
  readonly unrecorded: ReadonlySet<string>;
  /** Changes of vmap_lazy_nr since that line, before which line is not known yet. */
  readonly changes: CounterChange[];
}

/** Holds what the model does against the lines of a trace, one at a time. */
export class Matcher {
  readonly #model: Model;
  readonly #tally: Tally;
  readonly #changes: CounterChange[] = [];

  constructor(model: Model, tally: Tally) {
    this.#model = model;
    this.#tally = tally;
  }

  /** Every change of vmap_lazy_nr that the model made. */
  get changes(): readonly CounterChange[] {
    return this.#changes;
  }

  /** The next thing a call did or does, null if it ends first. */
  next(open: OpenCall): ModelEvent | null {
    const { call } = open;
    for (;;) {
      this.#model.runToEvent(call);
      const [event] = call.events;
      if (event === undefined) return null;
      if (event.code === 'count') this.#counted(open, event.values[0] ?? 0);
      else if (!open.unrecorded.has(event.code)) return event;
      call.events.shift();
    }
  }

  /**
   * Holds the next thing a call does against a line. Returns it if it is of the line's sort, though
   * its values may differ; null if the model does something else here.
   */
  match(
    open: OpenCall,
    event: TraceEvent,
    code: ComparedCode,
    expected: Expected,
    kind: Kind = KIND_OF[code],
  ): ModelEvent | null {
    const found = this.next(open);
    this.passed(open, event.line);
    if (found !== null && found.code === code) {
      open.call.events.shift();
      if (fits(found.values, expected)) this.#tally.matches(kind);
      else this.differs(event, kind, expectedText(code, expected), modelEventText(found));
      return found;
    }
    const actual = found === null ? `ends ${open.call.name}` : modelEventText(found);
    this.differs(event, kind, expectedText(code, expected), actual);
    return this.#skipTo(open, code, expected);
  }

  /** Holds values that come from elsewhere against a line. */
  compare(
    event: TraceEvent,
    code: ProbeCode | 'B',
    expected: Expected,
    values: readonly number[],
    kind: Kind = 'purge counts',
  ): void {
    if (fits(values, expected)) this.#tally.matches(kind);
    else this.differs(event, kind, expectedText(code, expected), expectedText(code, values));
  }

  /** Lets a call do what the trace has no line for, or one that says nothing new. */
  skip(open: OpenCall, event: TraceEvent, code: ComparedCode): void {
    if (this.next(open)?.code === code) open.call.events.shift();
    this.passed(open, event.line);
  }

  /** A line of a task that is in no call of the model. */
  unexpected(event: TraceEvent, code: ComparedCode, expected: Expected): void {
    this.differs(
      event,
      KIND_OF[code],
      expectedText(code, expected),
      'nothing: no call is under way',
    );
  }

  /** What a call has done, or still does, that has no line. */
  left(open: OpenCall, event: TraceEvent, found: ModelEvent, code: ComparedCode): void {
    this.differs(event, KIND_OF[code], `${open.call.name} has ended`, modelEventText(found));
  }

  /** The model goes its own way: leaves out what it does until it does what the line says. */
  #skipTo(open: OpenCall, code: ComparedCode, expected: Expected): ModelEvent | null {
    const skipped: ModelEvent[] = [];
    for (let found = this.next(open); found !== null; found = this.next(open)) {
      open.call.events.shift();
      if (found.code === code && fits(found.values, expected)) return found;
      skipped.push(found);
    }
    open.call.events.push(...skipped);
    return null;
  }

  differs(event: TraceEvent, kind: Kind, expected: string, actual: string): void {
    this.#tally.differs(kind, event.line, () => {
      const pages = numbersOf(actual).concat(numbersOf(expected));
      const size = 'pages' in event ? event.pages : 0;
      return { line: event, expected, actual, state: modelState(this.#model, pages, size) };
    });
  }

  /** A line of the task of a call is reached: what the call did before came before it. */
  passed(open: OpenCall, line: number): void {
    for (const change of open.changes) change.to = line;
    open.changes.length = 0;
    open.line = line;
  }

  /** The last change of vmap_lazy_nr had this value, says the trace. */
  recorded(value: number): void {
    const change = this.#changes.at(-1);
    if (change !== undefined) change.recorded = value;
  }

  /** The trace has ended, and a call had no line any more: what it counted counts. */
  end(open: OpenCall): void {
    for (const { code, values } of open.call.events) {
      if (code === 'count') this.#counted(open, values[0] ?? 0);
    }
  }

  #counted(open: OpenCall, amount: number): void {
    const change = { amount, from: open.line, to: Number.POSITIVE_INFINITY, recorded: null };
    open.changes.push(change);
    this.#changes.push(change);
  }
}

/** The codes that a recorder had no probe for, judged by the codes of its trace. */
export function unrecordedCodes(codes: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(OPTIONAL.filter((code) => !codes.has(code)));
}

function fits(values: readonly number[], expected: Expected): boolean {
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i];
    if (value !== null && value !== values[i]) return false;
  }
  return true;
}

/** Pages worth looking at: the first number of a line's text. */
function numbersOf(text: string): number[] {
  const page = Number(text.split(' ')[1]);
  return Number.isFinite(page) ? [page] : [];
}
