/** A line of a mail, parted into its quote marks and the rest. */
export interface QuotedLine {
  /** How many `>` or `|` stood in front; `>>`, `> >` and `> > ` are all two. */
  readonly marks: number;
  /** The rest, without white space around it. */
  readonly text: string;
}

/** Takes the quote marks off the front of a line. */
export function unquote(line: string): QuotedLine {
  let marks = 0;
  let text = line.trim();
  while (text.startsWith('>') || text.startsWith('|')) {
    marks++;
    text = text.slice(1).trimStart();
  }
  return { marks, text };
}
