import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../../src/scenario/case.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase, parseCases } from '../../../src/scenario/case-text.ts';
import { anyCase } from './case-arbitrary.ts';

/** Text as it arrives. */
type Program = (text: string, mark: string) => string;

const COLUMNS = 72;

/** A line broken at its spaces; `rest` stands before all pieces but the first. */
function fold(line: string, rest: string, columns = COLUMNS): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    if (piece.trim() !== '' && `${piece} ${word}`.length > columns) {
      pieces.push(piece);
      piece = rest + word;
    } else piece = piece === '' ? word : `${piece} ${word}`;
  }
  return [...pieces, piece];
}

const quoted: Program = (text, mark) => text.trimEnd().replaceAll(/^/gm, mark);
const foldedBy =
  (columns: number, rest: (mark: string) => string): Program =>
  (text, mark) =>
    quoted(text, mark)
      .split('\n')
      .flatMap((line) => fold(line, rest(mark), columns))
      .join('\n');

/** What mail programs are known to do to a quoted text. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  'quote it': quoted,
  'fold what is too long, without a mark': foldedBy(COLUMNS, () => ''),
  'fold what is too long, with its mark': foldedBy(COLUMNS, (mark) => mark),
  'fold at 60 columns, with one mark too few': foldedBy(60, (mark) => mark.slice(2)),
  'send it format=flowed': (text, mark) =>
    quoted(text, mark)
      .split('\n')
      .map((line) => fold(line, mark, 60).join(' \n'))
      .join('\n'),
  'run the lines together': (text, mark) => quoted(text, mark).replaceAll('\n', ' '),
  'run the lines together, and fold them': (text, mark) =>
    fold(quoted(text, mark).replaceAll('\n', ' '), '', 100).join('\n'),
  'end lines with CRLF': (text, mark) => quoted(text, mark).replaceAll('\n', '\r\n'),
  'encode it quoted-printable': (text, mark) =>
    quoted(text, mark)
      .replaceAll('=', '=3D')
      .split('\n')
      .map((line) => line.replaceAll(/.{60}(?<!=|=3)/g, '$&=\n').replace(/ $/, '=20'))
      .join('\n'),
};

const MARKS = ['> ', '>> ', '| ', '>| '];

/** Without what is said in prose: spaces in it may be lost. */
function bare({ policy, property, scenario }: Case): Partial<Case> {
  return { policy, property, scenario };
}

function words(lines: readonly string[]): string {
  return lines.join(' ').replaceAll(/\s+/g, ' ').trim();
}

const SAVED = readdirSync('counterexamples')
  .filter((name) => /--(v6\.5|v6\.12|rfc-3of3|mail5-zones)--/.test(name))
  .map((name) => readFileSync(`counterexamples/${name}`, 'utf8'));
const RACE = readFileSync('scenarios/race-1-dirty-block-between-lists.case', 'utf8');

describe.each(Object.entries(PROGRAMS))('a mail program that may %s', (_, program) => {
  it('leaves every saved case and race readable, prose around them', () => {
    expect(SAVED.length).toBeGreaterThan(20);
    const cases = [...SAVED, RACE].map((text) => parseCase(text));
    for (const [index, one] of cases.entries()) {
      const mark = MARKS[index % MARKS.length] ?? '';
      const sent = program(printCase(one), mark);
      const mail = `On Friday, somebody wrote:\n\n${sent}\n\nSo > it is.\n`;
      const [read, ...others] = parseCases(mail);
      expect(read === undefined ? null : bare(read), mail).toEqual(bare(one));
      expect(words(read?.observed ?? [])).toBe(words(one.observed));
      expect(others).toEqual([]);
    }
  });

  it('leaves any case readable', () => {
    const mark = fc.constantFrom(...MARKS);
    // Prose of any characters may look like anything once it is folded.
    const silent = anyCase.map((one) => ({ ...one, observed: [], certificate: [] }));
    fc.assert(
      fc.property(silent, mark, (one, mark) => {
        const [read] = parseCases(program(printCase(one), mark));
        expect(read).toEqual(one);
      }),
      { seed: 4, numRuns: 30 },
    );
  });
});

describe('what is joined is only what cannot stand alone', () => {
  const head = '> vmapcheck case 1\n> task on cpu0\n> A = vm_map_ram(1)\n';
  const problem = (rest: string): string => {
    try {
      parseCases(head + rest);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };

  it.each([
    ['an operation that lost its mark', 'vm_unmap_ram(A)\n> end', 'line 4: 0 quote marks'],
    ['an answer between the lines', '\nThis is fine.\n> end', 'line 5: 0 quote marks'],
    ['a slip of the pen', '> polcy v6.4\n> end', 'line 4: unknown key "polcy"'],
    ['half a call', '> vm_unmap_ram(\n> end', 'line 4: "vm_unmap_ram( end"'],
  ])('%s is refused', (_, rest, expected) => {
    expect(problem(rest)).toContain(expected);
  });
});

it('takes a mail of any shape for what it is, however long', () => {
  const head = '> vmapcheck case 1\n> task on cpu0\n';
  const long = (piece: string): string => piece.repeat(Math.floor(2 ** 18 / piece.length) - 40);
  for (const body of [
    long('> '),
    `> A${long(' ')}>`,
    long(' > A'),
    `observed a\n${long('and so on\n')}`,
    `observed a ${long('> on ')}`,
    `A = vmalloc(${long('1, ')}`,
    long('=\n=3D'),
  ]) {
    expect(() => parseCases(head + body)).toThrow(/^line \d+: /);
  }
});
