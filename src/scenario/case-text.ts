import { type Case, FORMAT_VERSION } from './case.ts';
import { addLine, finish, newDraft } from './case-draft.ts';
import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { unquote } from './quote.ts';

/** A case, where it starts, and the index of the first line after its `end`. */
interface Found {
  readonly one: Case;
  readonly line: number;
  readonly next: number;
}

/** A line `vmapcheck case N`, and how deep it is quoted. */
interface VersionLine {
  readonly index: number;
  readonly marks: number;
  readonly version: string;
}

/**
 * Reads every case of a text, such as a mail: what stands before, between and after them is not
 * looked at. A case may be quoted with `>`, all its lines alike.
 * Throws a ScenarioError for the first fault, and if there is no case at all.
 */
export function parseCases(text: string): Case[] {
  const found = findCases(text);
  if (found.length === 0) throw noCase();
  return found.map(({ one }) => one);
}

/** Reads the only case of a text. Throws a ScenarioError as `parseCases` does, and for a second. */
export function parseCase(text: string): Case {
  const [first, second] = findCases(text);
  if (first === undefined) throw noCase();
  if (second !== undefined) throw new ScenarioError(second.line, 'a second case in this text');
  return first.one;
}

function findCases(text: string): Found[] {
  refuseLongText(text);
  const lines = text.split(/\r?\n/);
  const found: Found[] = [];
  let start = findVersionLine(lines, 0);
  while (start !== null) {
    if (found.length === SCENARIO_LIMITS.cases) {
      throw new ScenarioError(start.index + 1, `more than ${SCENARIO_LIMITS.cases} cases`);
    }
    const one = readCase(lines, start);
    found.push(one);
    start = findVersionLine(lines, one.next);
  }
  return found;
}

function readCase(lines: readonly string[], start: VersionLine): Found {
  const first = start.index + 1;
  if (start.version !== `${FORMAT_VERSION}`) {
    const readable = `this vmapcheck reads version ${FORMAT_VERSION}`;
    throw new ScenarioError(first, `format version ${shown(start.version)}; ${readable}`);
  }
  const draft = newDraft(first);
  for (let index = start.index + 1; index < lines.length; index++) {
    const whole = unquote(lines[index] ?? '');
    if (whole.text === '') continue;
    const line = index + 1;
    if (whole.marks !== start.marks) {
      const marks = `${whole.marks} quote marks, but the case starts with ${start.marks}`;
      throw new ScenarioError(line, `${marks} on line ${first}`);
    }
    if (versionOf(whole.text) !== null) throw unfinished(first, line, 'before the next one');
    if (!addLine(draft, whole.text, line)) {
      return { one: finish(draft, line), line: first, next: index + 1 };
    }
  }
  throw unfinished(first, lines.length, 'at the end of the text');
}

function findVersionLine(lines: readonly string[], from: number): VersionLine | null {
  for (let index = from; index < lines.length; index++) {
    const { marks, text } = unquote(lines[index] ?? '');
    const version = versionOf(text);
    if (version !== null) return { index, marks, version };
  }
  return null;
}

/** The N of a line that is `vmapcheck case N` and nothing else, or null. */
function versionOf(text: string): string | null {
  return /^vmapcheck\s+case\s+([0-9]\S*)(?:\s+#.*)?$/.exec(text)?.[1] ?? null;
}

function refuseLongText(text: string): void {
  const limit = SCENARIO_LIMITS.textBytes;
  if (Buffer.byteLength(text) <= limit) return;
  const line = text.slice(0, limit).split('\n').length;
  throw new ScenarioError(line, `the text is longer than ${limit} bytes`);
}

function unfinished(start: number, line: number, where: string): ScenarioError {
  return new ScenarioError(line, `the case of line ${start} has no "end" ${where}`);
}

function noCase(): ScenarioError {
  return new ScenarioError(1, `no line "vmapcheck case ${FORMAT_VERSION}" in this text`);
}
