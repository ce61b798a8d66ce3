import type { KernelTrace } from '../../trace/event.ts';
import { grouped } from '../words.ts';
import { amountPanel, askedSum, neededSum } from './amount-panel.ts';
import { amountText, phaseLines, phaseNames } from './axes.ts';
import { backlogPanel } from './backlog-panel.ts';
import { flushPanel } from './flush-panel.ts';
import { BOXES, COLUMNS, HEIGHT, STYLE, WIDTH } from './layout.ts';
import { spacePanel } from './space-panel.ts';
import { element, words } from './svg.ts';
import { type TracePictureData, tracePictureData } from './trace-data.ts';

/** A picture of what was recorded, as one SVG document that needs nothing else. */
export function tracePicture(file: string, trace: KernelTrace): string {
  const data = tracePictureData(trace, COLUMNS);
  const body = [
    element('style', {}, STYLE),
    element('rect', { width: WIDTH, height: HEIGHT, fill: '#fff' }),
    heading(file, trace, data),
    backlogPanel(trace, data),
    flushPanel(trace, data),
    amountPanel(data),
    spacePanel(data),
    phaseLines(Object.values(BOXES), data.phases),
    phaseNames(BOXES.backlog, data.phases),
  ].join('\n');
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: 'img',
    'aria-label': `flushes, lazy backlog and address space of ${file}`,
  };
  return `${element('svg', attributes, body)}\n`;
}

function heading(
  file: string,
  { header, lines }: KernelTrace,
  { flushes }: TracePictureData,
): string {
  const outside = flushes.filter(({ start, end }) => start < 0 || end > header.vmallocPages).length;
  const [asked, needed] = [askedSum(flushes), neededSum(flushes)];
  const oneIn = needed === 0 ? '' : `, one page in ${amountText(Math.round(asked / needed))}`;
  const sums =
    `${grouped(flushes.length)} flushes ask for ${amountText(asked)} pages; ` +
    `${amountText(needed)} had been unmapped since they were last flushed${oneIn}. ` +
    `${grouped(outside)} flushes reach into the direct map or the modules.`;
  const axis =
    `From left to right: the ${grouped(lines.length)} lines of the record in their order, not ` +
    'time; dotted lines are where its phases begin. Pages are 4 KiB.';
  return [
    words(16, 26, `${file}: Linux ${header.kernel}, ${header.cpus} CPUs`, 'head'),
    words(16, 46, sums),
    words(16, 63, axis),
  ].join('');
}
