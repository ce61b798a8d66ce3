import { grouped } from './words.ts';

/** From here on a figure is told by its first digits and the power of ten. */
const LARGE = 1e10;

/** A count: `372,106`, or `2.422e13` where that would be long. */
export function figureText(value: number): string {
  return value < LARGE ? grouped(value) : value.toExponential(3).replace('e+', 'e');
}

/** An estimate, of which three digits are more than enough: `5954`, `12.3`, `0`. */
export function estimateText(value: number): string {
  if (value >= 100 || value === 0) return figureText(Math.round(value));
  return value >= 1 ? value.toFixed(1) : value.toFixed(2);
}

/** `part` of `whole` as a percentage, `-` of nothing: `0.0062%`, `74.2%`, `100%`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '-';
  const percent = (100 * part) / whole;
  if (percent === 0 || percent === 100) return `${percent}%`;
  if (percent >= 1) return `${percent.toFixed(1)}%`;
  return percent < 1e-4 ? '<0.0001%' : `${percent.toPrecision(2)}%`;
}
