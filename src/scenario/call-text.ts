import { ScenarioError, shown } from './errors.ts';
import { isAreaName } from './names.ts';
import { readNumber } from './number-text.ts';

/** An operation as it is written, taken apart: `A = name(arguments) on cpuN`. */
export interface CallText {
  readonly line: number;
  /** The name before `=`, null where there is none. */
  readonly area: string | null;
  readonly name: string;
  readonly args: readonly string[];
  /** The N of `on cpuN`, null where it is not said. */
  readonly cpu: number | null;
}

/** Takes one operation's text apart. Throws a ScenarioError if it does not look like a call. */
export function splitCall(text: string, line: number): CallText {
  const open = text.indexOf('(');
  const close = text.indexOf(')');
  if (open < 0 || close < open || text.indexOf('(', open + 1) >= 0) {
    const example = 'such as A = vmalloc(3) or vfree(A)';
    throw new ScenarioError(line, `${shown(text)} is not an operation, ${example}`);
  }
  const head = text.slice(0, open);
  const equals = head.indexOf('=');
  const inside = text.slice(open + 1, close).trim();
  return {
    line,
    area: equals < 0 ? null : areaOf(head.slice(0, equals).trim(), line),
    name: head.slice(equals + 1).trim(),
    args: inside === '' ? [] : inside.split(',').map((arg) => arg.trim()),
    cpu: cpuOf(text.slice(close + 1).trim(), line),
  };
}

/** Reads a CPU as the kernel's messages name it, `cpu3`, into its number. */
export function readCpu(text: string, line: number): number {
  if (!text.startsWith('cpu')) {
    throw new ScenarioError(line, `${shown(text)} is not a CPU, such as cpu0`);
  }
  return readNumber(text.slice('cpu'.length), 'CPU', 0, Number.MAX_SAFE_INTEGER, line);
}

function areaOf(text: string, line: number): string {
  if (isAreaName(text)) return text;
  throw new ScenarioError(line, `${shown(text)} is not an area name, such as A or B2`);
}

function cpuOf(after: string, line: number): number | null {
  if (after === '') return null;
  const [on, cpu, ...more] = after.split(/\s+/);
  if (on !== 'on' || cpu === undefined || more.length > 0) {
    throw new ScenarioError(line, `${shown(after)} does not belong after the closing parenthesis`);
  }
  return readCpu(cpu, line);
}
