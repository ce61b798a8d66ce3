import type { Box } from './svg.ts';

export const WIDTH = 1180;
export const HEIGHT = 1088;

const LEFT = 104;
const PLOT_WIDTH = WIDTH - LEFT - 28;

const plot = (y: number, height: number): Box => ({ x: LEFT, y, width: PLOT_WIDTH, height });

/** Where each part is drawn. */
export const BOXES = {
  backlog: plot(150, 130),
  flushes: plot(328, 260),
  amounts: plot(634, 160),
  space: plot(840, 230),
} as const;

/** Columns of the address space, and of the backlog. */
export const COLUMNS = 524;

/** Colours keep apart in print without colour, too: by how dark they are. */
export const STYLE = `
text { font: 12px sans-serif; fill: #222 }
text.title { font-weight: bold; font-size: 13px }
text.head { font-weight: bold; font-size: 16px }
text.small { font-size: 10.5px; fill: #444 }
.frame { fill: none; stroke: #777 }
.grid { stroke: #ddd; fill: none }
.phase { stroke: #888; stroke-dasharray: 2 3; fill: none }
.limit { stroke: #111; stroke-dasharray: 6 3; fill: none }
.backlog, .lazy { fill: #e8963c }
.asked { stroke: #a9c0dc; fill: none }
.needed { stroke: #8f0f0f; stroke-width: 1.4; fill: none }
.busy { fill: #d3deef }
.block { fill: #16264a }
.pooled { fill: #3d7a48 }
.dotAsked { fill: #8fa9cc }
.dotNeeded { fill: #8f0f0f }
.band { fill: #f4f4f4 }
`;
