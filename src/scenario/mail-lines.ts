import { type QuotedLine, unquote } from './quote.ts';

/** A line of a text, and which it is, counted from 1. */
export interface MailLine extends QuotedLine {
  readonly line: number;
}

/**
 * What a line of a case begins with, or what goes on with one: nothing else that follows a quote
 * mark in the middle of a line is taken for a line of its own.
 */
const BEGINS = [
  '(?:vmapcheck|policy|property|machine|task|worker|observed|certificate)(?:\\s|$)',
  '(?:on|after|waiting|in)(?:\\s|$)',
  '(?:schedule|end)(?:\\s*$|\\s+[>|])',
  '[A-Za-z_]\\w{0,63}\\s*[=(]',
  '[A-Z]\\d*$',
].join('|');
/** Bounded in every repetition: no text may make it slow. */
const MARKS_WITHIN = new RegExp(`\\s((?:[>|]\\s{0,8}){1,40})(?=${BEGINS})`, 'g');

/**
 * The lines of a mail, the marks taken off: quoted-printable is decoded, and lines that were run
 * together with their quote marks are parted again.
 */
export function mailLines(text: string): MailLine[] {
  const lines: MailLine[] = [];
  /** How deep a line is quoted at least: lines that were run together were folded anew. */
  let depth = 0;
  for (const { line, raw } of decodedLines(text)) {
    const { marks, text: whole } = unquote(raw);
    const parts = partedAtMarks({ marks: Math.max(marks, depth), text: whole });
    const last = parts.at(-1)?.marks ?? 0;
    const isRun = parts.length > 1 || (depth > 0 && marks === 0) || MARKS_LEFT.test(whole);
    depth = whole !== '' && isRun ? last : 0;
    lines.push(...parts.map((part) => ({ ...part, line })));
  }
  return lines;
}

/** Quote marks at the end of a line: their line was broken behind them. */
const MARKS_LEFT = /\s[>|]{1,8}$/;

function partedAtMarks({ marks, text }: QuotedLine): QuotedLine[] {
  const parts: QuotedLine[] = [];
  let depth = marks;
  let from = 0;
  for (const { index, 0: mark } of marksWithin(marks, text)) {
    parts.push({ marks: depth, text: text.slice(from, index).trimEnd() });
    depth = mark.replaceAll(/\s/g, '').length;
    from = index + mark.length;
  }
  const last = text.slice(from);
  return [...parts, { marks: depth, text: depth > 0 ? last.replace(MARKS_LEFT, '') : last }];
}

/** What is not quoted stays as it is, up to a case that is; and so does what a comment says. */
function marksWithin(marks: number, text: string): RegExpExecArray[] {
  if (text.startsWith('#')) return [];
  const found = [...text.matchAll(MARKS_WITHIN)];
  if (marks > 0) return found;
  const begins = found.findIndex(({ index, 0: mark }) =>
    text.startsWith('vmapcheck', index + mark.length),
  );
  return begins < 0 ? [] : found.slice(begins);
}

interface RawLine {
  readonly line: number;
  readonly raw: string;
}

/**
 * A case cannot be written without `=`, which quoted-printable writes `=3D`: so much for telling
 * whether a text is in it.
 */
function decodedLines(text: string): RawLine[] {
  const lines = text.split(/\r?\n/).map((raw, index) => ({ line: index + 1, raw }));
  if (!/=3D/i.test(text)) return lines;
  const decoded: RawLine[] = [];
  let open: RawLine | null = null;
  for (const { line, raw } of lines) {
    const start: RawLine = open ?? { line, raw: '' };
    const isSoft = /=[ \t]*$/.test(raw);
    const joined = start.raw + (isSoft ? raw.replace(/=[ \t]*$/, '') : raw);
    open = isSoft ? { line: start.line, raw: joined } : null;
    if (open === null) decoded.push({ line: start.line, raw: decodeBytes(joined) });
  }
  if (open !== null) decoded.push({ line: open.line, raw: decodeBytes(open.raw) });
  return decoded;
}

/** `=3D` and its like, which may be bytes of one character. */
function decodeBytes(text: string): string {
  return text.replaceAll(/(?:=[0-9A-Fa-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  );
}
