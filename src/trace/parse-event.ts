import { ScenarioError, shown } from '../scenario/errors.ts';
import {
  AREA_KINDS,
  type AreaKind,
  type AreaLazy,
  type AreaTaken,
  type Stamp,
  type TraceEvent,
} from './event.ts';
import { type Fields, STAMP_FIELDS } from './fields.ts';

const PAGE_BYTES = 4096;
const EMPTY_START = Number.POSITIVE_INFINITY;
const EMPTY_END = Number.NEGATIVE_INFINITY;

const KINDS: ReadonlySet<string> = new Set(AREA_KINDS);

/**
 * Reads one event line. Objects are written out in full: a spread costs a microsecond a line.
 * Throws a ScenarioError that names the line and what is wrong with it. */
export function parseEvent(fields: Fields, stamp: Stamp): TraceEvent {
  const code = fields.text(STAMP_FIELDS - 1, 'the code');
  const { line, time, cpu, pid } = stamp;
  switch (code) {
    case 'A':
      return areaTaken(fields, stamp);
    case 'F':
      return areaLazy(fields, stamp);
    case 'M':
    case 'K':
    case 'G':
    case 'N':
    case 'b':
      fields.expectArguments(code, 2);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: fields.int(4, 'start'),
        pages: fields.pages(5, 'pages'),
      };
    case 'B':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: fields.intOr(4, 'addr', Number.NaN),
        pages: fields.pages(5, 'n'),
      };
    case 'Q':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: fields.int(4, 'addr'),
        pages: fields.pages(5, 'pages'),
        node: fields.int(6, 'node'),
      };
    case 'p':
    case 'D':
    case 'n':
    case 'R':
    case 'Bs':
      fields.expectArguments(code, 1);
      return { line, time, cpu, pid, code, value: fields.int(4, 'its argument') };
    case 'u':
    case 'W':
      fields.expectArguments(code, 0);
      return { line, time, cpu, pid, code };
    case 'm':
    case 'module_load':
    case 'module_free':
    case 'early':
      fields.expectArguments(code, 1);
      return { line, time, cpu, pid, code, name: fields.text(4, 'name') };
    default:
      return parseCall(code, fields, stamp);
  }
}

function parseCall(code: string, fields: Fields, stamp: Stamp): TraceEvent {
  const { line, time, cpu, pid } = stamp;
  switch (code) {
    case 'P':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: start(fields),
        end: end(fields),
        full: fields.flag(6, 'full_decay'),
      };
    case 'q':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: start(fields),
        end: end(fields),
        purged: fields.int(6, 'npurged'),
      };
    case 'C':
      fields.expectArguments(code, 2);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        node: fields.int(4, 'node'),
        full: fields.flag(5, 'full'),
      };
    case 'T':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        start: start(fields),
        end: end(fields),
        caller: fields.text(6, 'caller'),
      };
    default:
      return parseRest(code, fields, stamp);
  }
}

function parseRest(code: string, fields: Fields, stamp: Stamp): TraceEvent {
  const { line, time, cpu, pid } = stamp;
  switch (code) {
    case 'X':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        addr: fields.int(4, 'addr'),
        free: fields.int(5, 'free'),
        dirty: fields.int(6, 'dirty'),
      };
    case 'U':
      fields.expectArguments(code, 1);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        flush: fields.isNull(4) ? null : fields.flag(4, 'flush'),
      };
    case 'V':
      fields.expectArguments(code, 3);
      return {
        line,
        time,
        cpu,
        pid,
        code,
        addr: fields.intOr(4, 'addr', Number.NaN),
        how: fields.text(5, 'how'),
        caller: fields.text(6, 'caller'),
      };
    default:
      throw new ScenarioError(line, `unknown code ${shown(code)}`);
  }
}

function start(fields: Fields): number {
  return fields.intOr(4, 'start', EMPTY_START);
}

function end(fields: Fields): number {
  return fields.intOr(5, 'end', EMPTY_END);
}

function areaTaken(fields: Fields, stamp: Stamp): AreaTaken {
  const { line, time, cpu, pid } = stamp;
  fields.expectArguments('A', 6, 8);
  const ranged = fields.length > STAMP_FIELDS + 6;
  const kind = fields.text(7, 'kind');
  if (!isKind(kind)) throw new ScenarioError(line, `unknown kind ${shown(kind)}`);
  const source = fields.text(8, 'src');
  if (source !== 'G' && source !== 'P' && source !== 'T') {
    throw new ScenarioError(line, `src: ${shown(source)} is none of G, P, T`);
  }
  const bytes = fields.pages(6, 'align_bytes');
  if (!Number.isInteger(Math.log2(bytes))) {
    throw new ScenarioError(line, `align_bytes: ${bytes} is not a power of two`);
  }
  return {
    line,
    time,
    cpu,
    pid,
    code: 'A',
    addr: fields.int(4, 'addr'),
    pages: fields.pages(5, 'pages'),
    align: Math.max(1, bytes / PAGE_BYTES),
    kind,
    source,
    caller: fields.text(9, 'caller'),
    range: ranged ? [fields.int(10, 'lo'), fields.int(11, 'hi')] : null,
  };
}

function isKind(text: string): text is AreaKind {
  return KINDS.has(text);
}

function areaLazy(fields: Fields, stamp: Stamp): AreaLazy {
  const { line, time, cpu, pid } = stamp;
  fields.expectArguments('F', 3, 5);
  const hasNodes = fields.length > STAMP_FIELDS + 3;
  return {
    line,
    time,
    cpu,
    pid,
    code: 'F',
    addr: fields.int(4, 'addr'),
    pages: fields.pages(5, 'pages'),
    owner: hasNodes ? fields.int(6, 'owner node') : null,
    node: hasNodes ? fields.int(7, 'lazy node') : null,
    lazyNr: fields.int(hasNodes ? 8 : 6, 'nr_lazy'),
  };
}
