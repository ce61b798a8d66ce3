import type { KernelTrace } from '../../trace/event.ts';
import { linearGrid } from './axes.ts';
import { BOXES } from './layout.ts';
import { element, frame, short, words } from './svg.ts';
import type { TracePictureData } from './trace-data.ts';

/** How many pages are lazily freed and not flushed yet. */
export function backlogPanel({ header }: KernelTrace, { lazy }: TracePictureData): string {
  const box = BOXES.backlog;
  const max = Math.max(header.lazyMaxPages, ...lazy) * 1.08;
  const y = (value: number): number => box.y + box.height * (1 - value / max);
  const step = box.width / lazy.length;
  const outline = lazy.map(
    (value, column) => `L${short(box.x + column * step)} ${short(y(value))}h${short(step)}`,
  );
  const bottom = short(box.y + box.height);
  const limit = short(y(header.lazyMaxPages));
  return [
    linearGrid(box, max),
    element('path', {
      class: 'backlog',
      d: `M${box.x} ${bottom}${outline.join('')}V${bottom}z`,
    }),
    element('path', { class: 'limit', d: `M${box.x} ${limit}h${box.width}` }),
    words(box.x + 4, y(header.lazyMaxPages) - 4, 'lazy_max_pages()', 'small'),
    frame(box, ''),
    words(16, box.y - 59, 'Lazy backlog: pages freed and not flushed yet', 'title'),
  ].join('');
}
