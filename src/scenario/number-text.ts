import { ScenarioError, shown } from './errors.ts';

/**
 * Reads a plain decimal number of [min, max]; `what` names it in the error.
 * Throws a ScenarioError for anything else.
 */
export function readNumber(
  text: string,
  what: string,
  min: number,
  max: number,
  line: number,
): number {
  if (!/^[0-9]+$/.test(text)) {
    throw new ScenarioError(line, `${what}: ${shown(text)} is not a number`);
  }
  const value = Number(text);
  if (value < min || value > max) {
    throw new ScenarioError(line, `${what}: ${shown(text)} is not within ${min}..${max}`);
  }
  return value;
}
