import { SCENARIO_LIMITS } from './limits.ts';
import type { Operation } from './operation.ts';

const LETTERS = 26;
const LETTER_A = 'A'.charCodeAt(0);

/** The canonical name of the n-th area of a case, from 0: A .. Z, AA, AB, ... */
export function areaName(index: number): string {
  let name = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / LETTERS) - 1) {
    name = String.fromCharCode(LETTER_A + (rest % LETTERS)) + name;
  }
  return name;
}

/** Whether a text can name an area: a capital letter, then capitals, digits and underscores. */
export function isAreaName(text: string): boolean {
  return text.length <= SCENARIO_LIMITS.nameChars && /^[A-Z][A-Z0-9_]*$/.test(text);
}

/** The name an operation gives to the area it allocates, null if it allocates none. */
export function assignedArea(operation: Operation): string | null {
  return 'area' in operation ? operation.area : null;
}

/** The area an operation refers to, null for none or for a bare page number. */
export function usedArea(operation: Operation): string | null {
  return 'at' in operation && 'area' in operation.at ? operation.at.area : null;
}
