import type { KernelTrace } from '../../trace/event.ts';
import { linearGrid } from './axes.ts';
import { BOXES } from './layout.ts';
import { type Box, element, frame, legend, Strokes, words } from './svg.ts';
import type { FlushMark, TracePictureData } from './trace-data.ts';

/** Height of the bands for what lies outside the vmalloc space, which is not to scale. */
const BAND = 24;

/** Each flush as a stroke over the pages it asks for, and in it the pages that needed it. */
export function flushPanel({ header }: KernelTrace, data: TracePictureData): string {
  const box = BOXES.flushes;
  const inner: Box = { ...box, y: box.y + BAND, height: box.height - 2 * BAND };
  const modules = { ...box, height: BAND };
  const direct = { ...box, y: inner.y + inner.height, height: BAND };
  const scale = new Scale(inner, data.top, header.vmallocPages);
  const asked = new Strokes();
  const needed = new Strokes();
  for (const flush of data.flushes) {
    const x = box.x + flush.at * box.width;
    asked.add(x, scale.y(flush.end), Math.max(scale.y(flush.start), scale.y(flush.end) + 0.8));
    addNeeded(needed, flush, x, scale);
  }
  return [
    element('rect', { ...modules, class: 'band' }),
    element('rect', { ...direct, class: 'band' }),
    linearGrid(inner, data.top),
    asked.path('asked'),
    needed.path('needed'),
    words(box.x - 6, modules.y + 15, 'modules', 'small', 'end'),
    words(box.x - 6, direct.y + 15, 'direct map', 'small', 'end'),
    frame(
      box,
      'Flushes: where, in pages of the vmalloc space; modules and direct map are not to scale',
    ),
    legend(box, [
      ['dotAsked', 'asked for'],
      ['dotNeeded', 'unmapped since last flushed'],
    ]),
  ].join('');
}

/** Needed pages of a flush, those of one row of the picture as one stroke. */
function addNeeded(strokes: Strokes, { dirty }: FlushMark, x: number, scale: Scale): void {
  let top = Number.NaN;
  let bottom = Number.NaN;
  for (let i = 0; i < dirty.length; i += 2) {
    const low = scale.y(dirty[i] ?? 0);
    const high = Math.min(scale.y(dirty[i + 1] ?? 0), low - 0.8);
    if (low < top - 1 || Number.isNaN(top)) {
      if (!Number.isNaN(top)) strokes.add(x, top, bottom);
      bottom = low;
      top = high;
    } else {
      top = Math.min(top, high);
    }
  }
  if (!Number.isNaN(top)) strokes.add(x, top, bottom);
}

/** Pages from bottom to top: to scale in the part of the vmalloc space that is used. */
class Scale {
  readonly #inner: Box;
  readonly #top: number;
  readonly #vmallocPages: number;

  constructor(inner: Box, top: number, vmallocPages: number) {
    this.#inner = inner;
    this.#top = top;
    this.#vmallocPages = vmallocPages;
  }

  y(vpn: number): number {
    const { y, height } = this.#inner;
    if (vpn < 0) return y + height + BAND / 2;
    if (vpn > this.#vmallocPages) return y - BAND / 2;
    return y + height * (1 - Math.min(vpn / this.#top, 1));
  }
}
