/**
 * A policy that cannot be had: an unknown name, a file that is no candidate. One line for people;
 * the command line turns it into exit code 64.
 */
export class PolicyError extends Error {}

const LINE_CHARS = 300;

/** What was thrown, in one line: `TypeError: x is not a function`. */
export function thrownText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(`${describeThrown(thrown)} was thrown`);
  const message = thrown.message.replace(/^yield\* (\(intermediate value\))+/, 'what is called');
  return oneLine(thrown.name === 'Error' ? message : `${thrown.name}: ${message}`);
}

/** The line of a file that the innermost frame of an error's stack names, or null. */
export function lineIn(file: string, thrown: unknown): number | null {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const at = stack.split('\n').find((frame) => /^\s+at /.test(frame) && frame.includes(file));
  const line = at === undefined ? undefined : /:(\d+):\d+\)?$/.exec(at)?.[1];
  return line === undefined ? null : Number(line);
}

function describeThrown(thrown: unknown): string {
  return typeof thrown === 'string' ? `"${thrown}"` : String(thrown);
}

/** Several lines as one, cut when long. */
function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}...` : line;
}
