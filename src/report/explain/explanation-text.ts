import { wrapWords } from '../words.ts';
import type { Explanation } from './explain.ts';

/** An explanation as lines of at most `columns`: why, and what each operation is there for. */
export function explanationLines({ why, without }: Explanation, columns: number): string[] {
  return [
    ...(why.length === 0 ? [] : wrapWords(`Why: ${why.join(' ')}`, columns, 2)),
    ...without.flatMap((one) => wrapWords(`${one.what}: ${one.instead}.`, columns, 2)),
  ];
}
