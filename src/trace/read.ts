import { ScenarioError } from '../scenario/errors.ts';
import type { KernelTrace, Stamp, TraceLine } from './event.ts';
import { Fields } from './fields.ts';
import { parseHeader } from './header.ts';
import { parseEvent } from './parse-event.ts';
import { parseSnapshot } from './snapshot-line.ts';

/** The mark that the recorder sets when it is done. */
const END_MARK = 'end';

/**
 * Reads a trace in the format vmtrace-1, every line of it checked. Throws a ScenarioError that
 * names the first line that is damaged, cut off or out of order.
 */
export function readTrace(text: string): KernelTrace {
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  let from = lineEnd(text, 0, end) + 1;
  const header = parseHeader(json(text.slice(0, from - 1), 1, from > end, text));
  const reader = new LineReader(header.cpus);
  const lines: TraceLine[] = [];
  for (let line = 2; from <= end; line++) {
    const to = lineEnd(text, from, end);
    lines.push(reader.read(json(text.slice(from, to), line, to === end, text), line));
    from = to + 1;
  }
  const last = lines.at(-1);
  return { header, lines, complete: last?.code === 'm' && last.name === END_MARK };
}

function lineEnd(text: string, from: number, end: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? end : at;
}

function json(text: string, line: number, isLast: boolean, whole: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    const cut = isLast && !whole.endsWith('\n');
    throw new ScenarioError(line, cut ? 'the file is cut off within this line' : 'not JSON');
  }
}

/** Reads the lines behind the header, and sees that time does not run backwards. */
class LineReader {
  readonly #cpus: number;
  readonly #fields = new Fields();
  #time: number | null = null;
  #timeLine = 0;

  constructor(cpus: number) {
    this.#cpus = cpus;
  }

  read(value: unknown, line: number): TraceLine {
    if (!Array.isArray(value)) {
      const snapshot = parseSnapshot(value, line);
      this.#passes(snapshot.time, line);
      return snapshot;
    }
    const fields = this.#fields;
    fields.open(value, line);
    const stamp: Stamp = {
      line,
      time: fields.isNull(0) ? null : fields.int(0, 'time'),
      cpu: fields.within(1, 'cpu', 0, this.#cpus - 1),
      pid: fields.int(2, 'pid'),
    };
    this.#passes(stamp.time, line);
    return parseEvent(fields, stamp);
  }

  /** Lines stand in the order they were recorded; those before there was a clock come first. */
  #passes(time: number | null, line: number): void {
    const before = this.#time;
    if (before !== null && (time === null || time < before)) {
      const when = time === null ? 'has no time' : `is of ${time} ns`;
      const problem = `out of order: it ${when}, line ${this.#timeLine} of ${before} ns`;
      throw new ScenarioError(line, problem);
    }
    this.#time = time;
    this.#timeLine = line;
  }
}
