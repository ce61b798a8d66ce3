import { amountText, logGrid } from './axes.ts';
import { BOXES } from './layout.ts';
import { Cells, frame, legend } from './svg.ts';
import type { FlushMark, TracePictureData } from './trace-data.ts';

/** 10^11 pages are more than any two of the ranges are apart. */
const DECADES = 11;

const DOT = 2.2;

/** How many pages each flush asks for, and how many needed it: on a logarithmic scale. */
export function amountPanel({ flushes }: TracePictureData): string {
  const box = BOXES.amounts;
  const asked = new Cells();
  const needed = new Cells();
  const dot = (cells: Cells, at: number, pages: number): void => {
    const decade = Math.log10(Math.max(1, pages));
    const x = box.x + at * box.width - DOT / 2;
    const y = box.y + box.height * (1 - decade / DECADES) - DOT / 2;
    cells.add({ x, y, width: DOT, height: DOT });
  };
  for (const flush of flushes) {
    dot(asked, flush.at, flush.end - flush.start);
    const pages = neededPages(flush);
    if (pages > 0) dot(needed, flush.at, pages);
  }
  const [sum, useful] = [askedSum(flushes), neededSum(flushes)];
  return [
    logGrid(box, DECADES),
    asked.path('dotAsked'),
    needed.path('dotNeeded'),
    frame(box, 'Flushes: how many pages, each on a logarithmic scale'),
    legend(box, [
      ['dotAsked', `asked for, ${amountText(sum)} in all`],
      ['dotNeeded', `unmapped since last flushed, ${amountText(useful)} in all`],
    ]),
  ].join('');
}

/** Pages that flushes asked for, all together. */
export function askedSum(flushes: readonly FlushMark[]): number {
  return flushes.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Pages of flushes that needed it, all together. */
export function neededSum(flushes: readonly FlushMark[]): number {
  return flushes.reduce((sum, flush) => sum + neededPages(flush), 0);
}

function neededPages({ dirty }: FlushMark): number {
  let pages = 0;
  for (let i = 0; i < dirty.length; i += 2) pages += (dirty[i + 1] ?? 0) - (dirty[i] ?? 0);
  return pages;
}
