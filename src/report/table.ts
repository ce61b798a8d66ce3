import { wrapWords } from './words.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Figures stand at the right of their column. */
  readonly align?: 'right';
}

const GAP = '  ';
/** Where the other columns leave less for the last one, its lines are longer than asked for. */
const LEAST_ROOM = 12;

/**
 * Rows of text under their titles, aligned, at most `columns` wide: the last column is wrapped
 * into what the others leave, and may hold line breaks.
 */
export function tableText(
  titles: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const all = [titles.map(({ title }) => title), ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const last = titles.length - 1;
  const left = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(columns - left, LEAST_ROOM);
  const lines = all.flatMap((row) => {
    const cells = titles
      .slice(0, last)
      .map(({ align }, column) => pad(row[column] ?? '', widths[column] ?? 0, align));
    const texts = (row[last] ?? '').split('\n');
    const [first = '', ...more] = texts.flatMap((text) => wrapWords(text, room, 2));
    const widest = Math.min(widths[last] ?? 0, room);
    return [
      [...cells, pad(first, widest, titles[last]?.align)].join(GAP).trimEnd(),
      ...more.map((line) => `${' '.repeat(left)}${line}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}
