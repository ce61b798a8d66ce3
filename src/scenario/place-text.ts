import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { isAreaName } from './names.ts';
import { readNumber } from './number-text.ts';
import type { Place } from './operation.ts';

/**
 * Reads a place: `A`, `A+3`, `A-1`, or a bare virtual page number `@123`, `@-5`.
 * Throws a ScenarioError for anything else.
 */
export function parsePlace(text: string, line: number): Place {
  if (text.startsWith('@')) {
    const negative = text.startsWith('@-');
    return { vpn: signed(negative, text.slice(negative ? 2 : 1), text, line) };
  }
  const sign = text.search(/[+-]/);
  const area = (sign < 0 ? text : text.slice(0, sign)).trimEnd();
  if (!isAreaName(area)) {
    throw new ScenarioError(line, `${shown(text)} is not a place, such as A, A+3 or @123`);
  }
  if (sign < 0) return { area, offset: 0 };
  return { area, offset: signed(text[sign] === '-', text.slice(sign + 1).trimStart(), text, line) };
}

/** Prints a place so that `parsePlace` gives it back. */
export function printPlace(place: Place): string {
  if ('vpn' in place) return `@${place.vpn}`;
  if (place.offset === 0) return place.area;
  return `${place.area}${place.offset > 0 ? '+' : ''}${place.offset}`;
}

function signed(negative: boolean, digits: string, place: string, line: number): number {
  const value = readNumber(digits, `page of ${shown(place)}`, 0, SCENARIO_LIMITS.vpn, line);
  return negative && value !== 0 ? -value : value;
}
