import { type Case, FORMAT_VERSION } from './case.ts';
import { addLine, finish, newDraft } from './case-draft.ts';
import { ScenarioError, shown } from './errors.ts';
import { goesOn } from './folded.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { type MailLine, mailLines } from './mail-lines.ts';

/** A case, where it starts, and the index of the first of the lines after its `end`. */
interface Found {
  readonly one: Case;
  readonly line: number;
  readonly next: number;
}

/** A line `vmapcheck case N`, and how deep it is quoted. */
interface VersionLine {
  readonly index: number;
  readonly line: number;
  readonly marks: number;
  readonly version: string;
}

/**
 * Reads every case of a text, such as a mail: what stands before, between and after them is not
 * looked at. A case may be quoted with `>` or `|`, all its lines alike, and its lines may have been
 * folded or run together on the way: see `mailLines` and `goesOn`.
 * Throws a ScenarioError for the first fault, and if there is no case at all.
 */
export function parseCases(text: string): Case[] {
  return locateCases(text).map(({ one }) => one);
}

/** A case, and the line of the text that it begins on. */
export interface LocatedCase {
  readonly one: Case;
  readonly line: number;
}

/** The same, and where each of them stands. */
export function locateCases(text: string): LocatedCase[] {
  const found = findCases(text);
  if (found.length === 0) throw noCase();
  return found.map(({ one, line }) => ({ one, line }));
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
  const lines = mailLines(text);
  const found: Found[] = [];
  let start = findVersionLine(lines, 0);
  while (start !== null) {
    if (found.length === SCENARIO_LIMITS.cases) {
      throw new ScenarioError(start.line, `more than ${SCENARIO_LIMITS.cases} cases`);
    }
    const one = readCase(lines, start);
    found.push(one);
    start = findVersionLine(lines, one.next);
  }
  return found;
}

function readCase(lines: readonly MailLine[], start: VersionLine): Found {
  if (start.version !== `${FORMAT_VERSION}`) {
    const readable = `this vmapcheck reads version ${FORMAT_VERSION}`;
    throw new ScenarioError(start.line, `format version ${shown(start.version)}; ${readable}`);
  }
  const draft = newDraft(start.line);
  for (let index = start.index + 1; index < lines.length; ) {
    const { text, line, marks, next } = wholeLine(lines, index);
    index = next;
    if (text === '') continue;
    refuseOtherQuote(marks, line, start);
    if (versionOf(text) !== null) throw unfinished(start.line, line, 'before the next one');
    if (!addLine(draft, text, line)) return { one: finish(draft, line), line: start.line, next };
  }
  throw unfinished(start.line, lines.at(-1)?.line ?? start.line, 'at the end of the text');
}

interface WholeLine extends MailLine {
  /** Index of the line after it. */
  readonly next: number;
}

/** A line with those that go on with it. */
function wholeLine(lines: readonly MailLine[], index: number): WholeLine {
  const { text: first = '', line = 1, marks = 0 } = lines[index] ?? {};
  let text = first;
  let next = index + 1;
  while (text !== '') {
    const more = lines[next]?.text ?? '';
    if (more === '' || !goesOn(text, more)) break;
    text = `${text} ${more}`;
    next++;
  }
  return { text, line, marks, next };
}

function refuseOtherQuote(marks: number, line: number, start: VersionLine): void {
  if (marks === start.marks) return;
  const text = `${marks} quote marks, but the case starts with ${start.marks}`;
  throw new ScenarioError(line, `${text} on line ${start.line}`);
}

function findVersionLine(lines: readonly MailLine[], from: number): VersionLine | null {
  for (let index = from; index < lines.length; index++) {
    const found = lines[index];
    const version = found === undefined ? null : versionOf(found.text);
    if (found !== undefined && version !== null) {
      return { index, line: found.line, marks: found.marks, version };
    }
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
