/** A rectangle of the picture, in its units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Attributes = Readonly<Record<string, string | number>>;

/** One element; `content` is markup already. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(`${value}`)}"`)
    .join('');
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

/** Words at a place; `anchor` as in SVG. */
export function words(
  x: number,
  y: number,
  text: string,
  style: 'head' | 'title' | 'label' | 'small' = 'label',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const place = { x: short(x), y: short(y), class: style, 'text-anchor': anchor };
  return element('text', place, escaped(text));
}

/** A box with its title above. */
export function frame(box: Box, title: string): string {
  return words(box.x, box.y - 8, title, 'title') + element('rect', { ...box, class: 'frame' });
}

/** Names of what is drawn, each after a patch in its colour, from the right. */
export function legend(box: Box, entries: readonly (readonly [string, string])[]): string {
  let x = box.x + box.width;
  return [...entries]
    .reverse()
    .map(([className, text]) => {
      x -= text.length * CHARACTER_WIDTH + 24;
      const patch = { x: short(x), y: box.y - 17, width: 10, height: 10, class: className };
      return element('rect', patch) + words(x + 14, box.y - 8, text, 'small');
    })
    .join('');
}

/** Of small words, more or less. */
export const CHARACTER_WIDTH = 5.6;

/** A number with as many digits as a picture needs. */
export function short(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

/** Text as it may stand in markup. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Vertical strokes, many of them as one path. */
export class Strokes {
  readonly #parts: string[] = [];

  /** From `top` to `bottom` at `x`. */
  add(x: number, top: number, bottom: number): void {
    this.#parts.push(`M${short(x)} ${short(top)}V${short(bottom)}`);
  }

  path(className: string): string {
    return pathOf(this.#parts, className);
  }
}

/** Filled rectangles, many of them as one path. */
export class Cells {
  readonly #parts: string[] = [];

  add({ x, y, width, height }: Box): void {
    const w = short(width);
    this.#parts.push(`M${short(x)} ${short(y)}h${w}v${short(height)}h-${w}z`);
  }

  path(className: string): string {
    return pathOf(this.#parts, className);
  }
}

function pathOf(parts: readonly string[], className: string): string {
  return parts.length === 0 ? '' : element('path', { class: className, d: parts.join('') });
}
