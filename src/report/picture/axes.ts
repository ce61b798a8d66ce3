import { grouped } from '../words.ts';
import { type Box, CHARACTER_WIDTH, element, short, words } from './svg.ts';
import type { Phase } from './trace-data.ts';

const ROW_HEIGHT = 12;
const ROWS_OF_NAMES = 4;

const LARGE_NUMBERS = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
] as const;

/** An amount as one says it: `900,569`, `20.5 trillion`. */
export function amountText(value: number): string {
  const found = LARGE_NUMBERS.find(([size]) => value >= size);
  return found === undefined ? grouped(value) : `${(value / found[0]).toPrecision(3)} ${found[1]}`;
}

/** A round number near `value`, not above it: 1, 2 or 5 times a power of ten. */
function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const factor = [5, 2, 1].find((candidate) => candidate * power <= value) ?? 1;
  return factor * power;
}

/** Lines at round values of a linear scale from 0, at the bottom, to `max`, with their numbers. */
export function linearGrid(box: Box, max: number): string {
  const step = roundBelow(max / 3);
  const parts: string[] = [];
  for (let value = 0; value <= max; value += step) {
    const y = box.y + box.height * (1 - value / max);
    parts.push(gridLine(box, y), words(box.x - 6, y + 4, grouped(value), 'small', 'end'));
  }
  return parts.join('');
}

/** Lines at powers of ten from 1, at the bottom, up to 10^decades. */
export function logGrid(box: Box, decades: number): string {
  return ['1', '1,000', '1 million', '1 billion', '1 trillion']
    .map((name, index) => ({ name, y: box.y + box.height * (1 - (3 * index) / decades) }))
    .filter(({ y }) => y >= box.y)
    .map(({ name, y }) => gridLine(box, y) + words(box.x - 6, y + 4, name, 'small', 'end'))
    .join('');
}

function gridLine({ x, width }: Box, y: number): string {
  return element('path', { class: 'grid', d: `M${short(x)} ${short(y)}h${short(width)}` });
}

/** Where each phase of the recording begins, in every box. */
export function phaseLines(boxes: readonly Box[], phases: readonly Phase[]): string {
  const lines = boxes.flatMap((box) =>
    phases.map(({ at }) => {
      return `M${short(box.x + at * box.width)} ${short(box.y)}v${short(box.height)}`;
    }),
  );
  return element('path', { class: 'phase', d: lines.join('') });
}

/** Names of phases and when they began, above their lines; close ones stand higher. */
export function phaseNames(box: Box, phases: readonly Phase[]): string {
  const ends = new Array<number>(ROWS_OF_NAMES).fill(Number.NEGATIVE_INFINITY);
  return phases
    .map(({ at, name, seconds }) => {
      const text = `${name}, ${seconds.toFixed(0)} s`;
      const width = text.length * CHARACTER_WIDTH;
      const x = Math.min(box.x + at * box.width, box.x + box.width - width);
      const free = ends.findIndex((end) => end <= x);
      const row = free < 0 ? ROWS_OF_NAMES - 1 : free;
      ends[row] = x + width + 6;
      return words(x + 2, box.y - 6 - row * ROW_HEIGHT, text, 'small');
    })
    .join('');
}
