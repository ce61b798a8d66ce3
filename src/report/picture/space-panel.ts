import type { AreaState, LedgerArea } from '../../trace/area-ledger.ts';
import { linearGrid } from './axes.ts';
import { BOXES } from './layout.ts';
import { Cells, frame, legend } from './svg.ts';
import type { TracePictureData } from './trace-data.ts';

const ROWS = 115;

const STATES: readonly AreaState[] = ['busy', 'block', 'lazy', 'pooled'];

const NAMES: Readonly<Record<AreaState, string>> = {
  busy: 'busy',
  block: 'vm_map_ram block',
  lazy: 'lazy',
  pooled: 'in a pool',
};

/** The vmalloc space from bottom to top, column by column: what most of each cell is. */
export function spacePanel({ columns, top }: TracePictureData): string {
  const box = BOXES.space;
  const width = box.width / columns.length;
  const height = box.height / ROWS;
  const cells = new Map(STATES.map((state) => [state, new Cells()]));
  for (const [index, areas] of columns.entries()) {
    const rows = rowsOf(areas, top);
    for (let row = 0; row < ROWS; ) {
      const state = rows[row] ?? null;
      let end = row + 1;
      while (end < ROWS && (rows[end] ?? null) === state) end++;
      const x = box.x + index * width;
      const y = box.y + (ROWS - end) * height;
      if (state !== null) cells.get(state)?.add({ x, y, width, height: (end - row) * height });
      row = end;
    }
  }
  return [
    linearGrid(box, top),
    ...STATES.map((state) => cells.get(state)?.path(state) ?? ''),
    frame(box, 'Address space: from page 0 of the vmalloc space up to the highest page ever taken'),
    legend(
      box,
      STATES.filter((state) =>
        columns.some((areas) => areas.some((area) => area.state === state)),
      ).map((state) => [state, NAMES[state]] as const),
    ),
  ].join('');
}

/** The state that has most pages of each row, from the bottom; null: it is mostly free. */
function rowsOf(areas: readonly LedgerArea[], top: number): (AreaState | null)[] {
  const rowPages = top / ROWS;
  const pages = STATES.map(() => new Float64Array(ROWS));
  for (const { start, pages: count, state } of areas) {
    const sums = pages[STATES.indexOf(state)];
    if (start >= top || sums === undefined) continue;
    const end = Math.min(start + count, top);
    for (let row = Math.floor(start / rowPages); row < ROWS && row * rowPages < end; row++) {
      const from = Math.max(start, row * rowPages);
      const to = Math.min(end, (row + 1) * rowPages);
      sums[row] = (sums[row] ?? 0) + Math.max(0, to - from);
    }
  }
  return Array.from({ length: ROWS }, (_, row) => {
    let best: AreaState | null = null;
    let most = rowPages / 4;
    for (const [index, state] of STATES.entries()) {
      const sum = pages[index]?.[row] ?? 0;
      if (sum > most) {
        best = state;
        most = sum;
      }
    }
    return best;
  });
}
