import { orText, wrapWords } from '../words.ts';
import type { Explanation } from './explain.ts';
import { ALL_THE_SAME, type Without } from './without.ts';

/**
 * An explanation as lines of at most `columns`: why, and what each operation is there for; in
 * short, that it is needed.
 */
export function explanationLines(
  { why, without }: Explanation,
  columns: number,
  inShort = false,
): string[] {
  return [
    ...(why.length === 0 ? [] : wrapWords(`Why: ${why.join(' ')}`, columns, 2)),
    ...(inShort
      ? shortLines(without)
      : without.map(({ what, instead }) => `${what}: ${instead}.`)
    ).flatMap((text) => wrapWords(text, columns, 2)),
  ];
}

function shortLines(without: readonly Without[]): string[] {
  const needed = without.filter(({ instead }) => instead !== ALL_THE_SAME);
  const each = needed.flatMap((one) => one.each).sort((a, b) => Number(a) - Number(b));
  return each.length === 0 ? [] : [`Without ${orText(each)}: it holds.`];
}
