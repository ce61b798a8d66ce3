import { match } from 'ts-pattern';
import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { readNumber } from './number-text.ts';
import { parseOperation } from './operation-parse.ts';
import { printOperation } from './operation-print.ts';
import type { TaskProgram } from './scenario.ts';
import { type PointVisit, type Runner, runnerText, type Turn, type Until } from './schedule.ts';

const EXAMPLES = 'as in "task 0 to its end" or "task 0 until vfree(A) returns"';

/** The operations of each task as they are written, and where each of them stands. */
export class TaskTexts {
  readonly #tasks: readonly TaskProgram[];
  readonly #indexes: (ReadonlyMap<string, readonly number[]> | undefined)[] = [];

  constructor(tasks: readonly TaskProgram[]) {
    this.#tasks = tasks;
  }

  has(task: number): boolean {
    return this.#tasks[task] !== undefined;
  }

  /** Where a task has an operation that reads like this. */
  indexesOf(task: number, text: string): readonly number[] {
    const known = this.#indexes[task] ?? this.#read(task);
    return known.get(text) ?? [];
  }

  /** The operation as its task has it; which of them, where it has several that read the same. */
  textOf(task: number, index: number): string {
    const operation = this.#tasks[task]?.operations[index];
    if (operation === undefined) return '';
    const text = printOperation(operation);
    const same = this.indexesOf(task, text);
    return same.length < 2 ? text : `the ${ordinal(1 + same.indexOf(index))} ${text}`;
  }

  #read(task: number): ReadonlyMap<string, readonly number[]> {
    const indexes = new Map<string, number[]>();
    for (const [index, operation] of this.#tasks[task]?.operations.entries() ?? []) {
      const text = printOperation(operation);
      indexes.set(text, [...(indexes.get(text) ?? []), index]);
    }
    this.#indexes[task] = indexes;
    return indexes;
  }
}

/**
 * Prints one turn as lines to stand below `schedule`, the first of them `task 0 ...`. `columns`: a
 * line is broken before its point, or before the point's function, to stay within them.
 */
export function printTurn(turn: Turn, texts: TaskTexts, columns: number): string[] {
  const { kind, number, until } = turn;
  const who = runnerText(turn);
  if (until.kind === 'end') return [`${who} to its end`];
  const call = kind === 'task' ? texts.textOf(number, until.operation) : 'it';
  return match(until)
    .with({ kind: 'begins' }, () => [`${who} until ${call} begins`])
    .with({ kind: 'returns' }, () => [`${who} until ${call} returns`])
    .with({ kind: 'after' }, ({ point }) =>
      atPoint(`${who} until ${call}`, 'after', point, columns),
    )
    .with({ kind: 'waiting' }, ({ point }) =>
      atPoint(`${who} until ${call}`, 'waiting at', point, columns),
    )
    .exhaustive();
}

function atPoint(head: string, how: string, point: PointVisit, columns: number): string[] {
  const what = `${how} ${point.text}`;
  const where = `in ${point.inFunction}${point.nth === 1 ? '' : `, ${ordinal(point.nth)} time`}`;
  if (`${head}, ${what} ${where}`.length <= columns) return [`${head}, ${what} ${where}`];
  if (`  ${what} ${where}`.length <= columns) return [`${head},`, `  ${what} ${where}`];
  return [`${head},`, `  ${what}`, `  ${where}`];
}

/**
 * Reads one turn, its lines joined, which begins on `line`. Throws a ScenarioError if it is no
 * turn, or names a task or an operation that there is not.
 */
export function parseTurn(written: string, line: number, texts: TaskTexts): Turn {
  const text = written.replaceAll(/\s+/g, ' ');
  const parts = /^(task|worker) (\S+) (to its end$|until )(.*)$/.exec(text);
  if (parts === null) throw new ScenarioError(line, `${shown(text)} is not a turn, ${EXAMPLES}`);
  const [, kind, digits = '', how = '', rest = ''] = parts;
  const runner: Runner = {
    kind: kind === 'worker' ? 'worker' : 'task',
    number: readNumber(digits, `${kind}`, 0, SCENARIO_LIMITS.tasks, line),
  };
  if (runner.kind === 'task' && !texts.has(runner.number)) {
    throw new ScenarioError(line, `there is no ${runnerText(runner)}; the first is task 0`);
  }
  if (!how.startsWith('until')) return { ...runner, until: { kind: 'end' } };
  return { ...runner, until: parseUntil(rest, line, runner, texts) };
}

function parseUntil(text: string, line: number, runner: Runner, texts: TaskTexts): Until {
  const isTask = runner.kind === 'task';
  const form = isTask
    ? /^(.*?\)(?: on cpu\d+)?)(?: (begins|returns)|, ?(.*))$/
    : /^(it)(?: (begins)|, ?(.*))$/;
  const parts = form.exec(text);
  if (parts === null)
    throw new ScenarioError(line, `until ${shown(text)} is no place, ${EXAMPLES}`);
  const [, call = '', moment, place = ''] = parts;
  const operation = isTask ? indexOf(call, line, runner, texts) : 0;
  if (moment === 'begins' || moment === 'returns') return { kind: moment, operation };
  const at = /^(after|waiting at) (.+) in (\w+)(?:, ?(\S+) time)?$/.exec(place);
  if (at === null) {
    const forms = '"after POINT in FUNCTION" nor "waiting at POINT in FUNCTION"';
    throw new ScenarioError(line, `${shown(place)} is neither ${forms}`);
  }
  const [, how, point = '', inFunction = '', nth] = at;
  return {
    kind: how === 'after' ? 'after' : 'waiting',
    operation,
    point: { text: point, inFunction, nth: nth === undefined ? 1 : readOrdinal(nth, line) },
  };
}

/** The operation a turn means by `vfree(A)` or `the 2nd vm_unmap_aliases()`. */
function indexOf(text: string, line: number, runner: Runner, texts: TaskTexts): number {
  const [, which, call = ''] = /^(?:the (\S+) )?(.*)$/.exec(text) ?? [];
  const written = printOperation(parseOperation(call, line));
  const nth = which === undefined ? 1 : readOrdinal(which, line);
  const index = texts.indexesOf(runner.number, written)[nth - 1];
  if (index !== undefined) return index;
  throw new ScenarioError(line, `${runnerText(runner)} has no operation ${shown(text)}`);
}

/** 1st, 2nd, 3rd, 4th, 11th, ... */
export function ordinal(n: number): string {
  const last = n % 100 >= 11 && n % 100 <= 13 ? 0 : n % 10;
  return `${n}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`;
}

function readOrdinal(text: string, line: number): number {
  const digits = /^([0-9]+)(?:st|nd|rd|th)$/.exec(text)?.[1];
  if (digits === undefined) throw new ScenarioError(line, `${shown(text)} is not 1st, 2nd, ...`);
  return readNumber(digits, 'time', 1, Number.MAX_SAFE_INTEGER, line);
}
