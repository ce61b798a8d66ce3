import type { SpreadRow } from '../explore/address-spread.ts';
import { figureText } from './figure-text.ts';
import { tableText } from './table.ts';
import { wrapWords } from './words.ts';

const COLUMNS = 100;

const PROSE =
  'spread: 16 CPUs allocate small areas in a space of 2^20 pages, in turn (even), or the last of ' +
  'them as much again as all together (uneven); then areas of 8,192 and of 512 pages are asked ' +
  'for that have to lie in one quarter of the space, as many as would fill it if it were empty.';

const SOURCE =
  'source: Baoquan He and Uladzislau Rezki, 6 June 2023 (mail 5): zones that match the CPU make ' +
  'the use of the space wider, and those who allocate in a range pay for it';

const LEGEND =
  'kept: pages held ready for one CPU or one size. no 8,192, no 512: how many requests of that ' +
  'size failed in each quarter, the lowest first.';

/** The address space policies spread over, and who goes without because of it. */
export function spreadText(rows: readonly SpreadRow[]): string {
  const requests = rows[0]?.restricted ?? [];
  const titles = [
    { title: 'policy' },
    { title: 'load' },
    { title: 'busy', align: 'right' as const },
    { title: 'kept', align: 'right' as const },
    { title: 'highest', align: 'right' as const },
    { title: 'largest free', align: 'right' as const },
    ...requests.map(({ pages }) => ({ title: `no ${figureText(pages)}` })),
  ];
  const cells = rows.map((row) => [
    row.policy,
    row.load,
    figureText(row.busyPages),
    figureText(row.keptPages),
    figureText(row.highestPage),
    figureText(row.largestFree),
    ...row.restricted.map(({ failed }) => failed.join(' ')),
  ]);
  return [
    ...wrapWords(PROSE, COLUMNS, 2),
    ...wrapWords(SOURCE, COLUMNS, 2),
    '',
    tableText(titles, cells, COLUMNS),
    ...wrapWords(LEGEND, COLUMNS, 2),
    '',
  ].join('\n');
}
