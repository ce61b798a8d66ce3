/**
 * A text that is not a case: one line for people, with the place where it went wrong. The command
 * line turns it into exit code 64.
 */
export class ScenarioError extends Error {
  /** Line of the text, counted from 1. */
  readonly line: number;
  /** What is wrong there, without the place. */
  readonly problem: string;
  /** The file the text came from, null when it came from elsewhere. */
  readonly file: string | null;

  constructor(line: number, problem: string, file: string | null = null) {
    super(`${file === null ? '' : `${file}: `}line ${line}: ${problem}`);
    this.name = 'ScenarioError';
    this.line = line;
    this.problem = problem;
    this.file = file;
  }
}

const SHOWN_CHARS = 40;

/** A piece of foreign text as an error shows it: in quotes, on one line, cut when long. */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}...` : text;
  return `"${cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')}"`;
}
