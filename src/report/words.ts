/** What fits a mail and can still be quoted in one. */
export const COLUMNS = 72;

/** A count and its noun: `1 page`, `4 pages`. For nouns whose plural takes an s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a, b or c`. */
export function orText(texts: readonly string[]): string {
  const head = texts.slice(0, -1).join(', ');
  const last = texts.at(-1) ?? '';
  return head === '' ? last : `${head} or ${last}`;
}

/** A number with a comma between thousands: `20,000`. */
export function grouped(value: number): string {
  return `${value}`.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/**
 * Parts words into lines of at most `columns`, all but the first indented by `hanging`. A word that
 * is longer than a line is cut: nothing ever stands beyond the last column.
 */
export function wrapWords(text: string, columns: number, hanging = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= columns) {
      line = longer;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = ' '.repeat(hanging) + word;
    while (line.length > columns) {
      lines.push(line.slice(0, columns));
      line = ' '.repeat(hanging) + line.slice(columns);
    }
  }
  if (line.trim() !== '') lines.push(line);
  return lines;
}
