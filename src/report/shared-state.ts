import { HIGHEST_VPN, LOWEST_VPN } from '../../models/hardware/machine.ts';
import type { CheckedRun } from '../explore/checked-run.ts';
import { rangeText } from '../scenario/page-text.ts';
import { type BlockState, blocksByStart } from './trace.ts';
import { counted } from './words.ts';

/** What tasks share of vmalloc: what a race is about. */
export interface SharedState {
  readonly blocks: ReadonlyMap<number, BlockState>;
  /** The lazily freed areas: `0-4`, or `none`. */
  readonly lazy: string;
  readonly vmapLazyNr: number;
  /** What is in each pool of a vmap node that is not empty, by what the pool is called. */
  readonly pools: ReadonlyMap<string, string>;
  /** Pages some TLB may hold an old translation of. */
  readonly stale: string;
}

/** Ranges shown before the rest is only counted. */
const RANGES_SHOWN = 3;

/** What there is when a machine has booted. */
export const NOTHING_SHARED: SharedState = {
  blocks: new Map(),
  lazy: 'none',
  vmapLazyNr: 0,
  pools: new Map(),
  stale: 'none',
};

/** Reads the state as it is now, in the middle of calls or between them. */
export function readSharedState({ session, ledger }: CheckedRun): SharedState {
  const { blocks, lazy, vmapLazyNr, pools } = session.inspect();
  return {
    blocks: blocksByStart(blocks),
    lazy: rangesText(joined(lazy)),
    vmapLazyNr,
    pools: poolTexts(pools),
    stale: rangesText(staleRanges(ledger.tlb)),
  };
}

/** What has changed, a phrase each: `block 0: free 2, dirty 0`. */
export function changesBetween(before: SharedState, after: SharedState): string[] {
  const changes: string[] = [];
  for (const block of after.blocks.values()) {
    const words = blockChanges(before.blocks.get(block.start), block);
    if (words.length > 0) changes.push(`block ${block.start}: ${words.join(', ')}`);
  }
  for (const start of before.blocks.keys()) {
    if (!after.blocks.has(start)) changes.push(`block ${start} is gone`);
  }
  if (after.lazy !== before.lazy) changes.push(lazyText(after));
  if (after.vmapLazyNr !== before.vmapLazyNr) changes.push(`vmap_lazy_nr ${after.vmapLazyNr}`);
  changes.push(...poolChanges(before.pools, after.pools));
  if (after.stale !== before.stale) changes.push(`stale: ${after.stale}`);
  return changes;
}

/** The areas that wait for a purge: what another task would find. */
export function lazyText({ lazy }: SharedState): string {
  return `lazy: ${lazy}`;
}

function blockChanges(before: BlockState | undefined, after: BlockState): string[] {
  const { free, dirty, dirtyMin, dirtyMax, list } = after;
  if (before === undefined) return [`free ${free}`, `dirty ${dirty}`];
  const words: string[] = [];
  if (free !== before.free) words.push(`free ${free}`);
  if (dirty !== before.dirty) words.push(`dirty ${dirty}`);
  if (dirtyMin !== before.dirtyMin) words.push(`dirty_min ${dirtyMin}`);
  if (dirtyMax !== before.dirtyMax) words.push(`dirty_max ${dirtyMax}`);
  if (list !== before.list) words.push(list < 0 ? 'on no free list' : `on cpu${list}'s free list`);
  return words;
}

/** Flat [node, pages, len, areas, ...]: `pool(2) of node 0` has `1 area, len 1`. */
function poolTexts(flat: readonly number[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 4) {
    const [node, pages, len, areas = 0] = flat.slice(i, i + 4);
    texts.set(`pool(${pages}) of node ${node}`, `${counted(areas, 'area')}, len ${len}`);
  }
  return texts;
}

function poolChanges(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const changes: string[] = [];
  for (const [pool, text] of after) {
    if (text !== before.get(pool)) changes.push(`${pool}: ${text}`);
  }
  for (const pool of before.keys()) if (!after.has(pool)) changes.push(`${pool}: empty`);
  return changes;
}

type Range = readonly [start: number, end: number];

function rangesText(ranges: readonly Range[]): string {
  if (ranges.length === 0) return 'none';
  const shown = ranges
    .slice(0, RANGES_SHOWN)
    .map(([start, end]) => rangeText(start, end).replaceAll(' ', ''));
  const rest = ranges.length - RANGES_SHOWN;
  return `${shown.join(', ')}${rest > 0 ? `, ${rest} more` : ''}`;
}

/** Flat [start, end, ...] with neighbours made one. */
function joined(flat: readonly number[]): Range[] {
  const ranges: [start: number, end: number][] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [start = 0, end = 0] = flat.slice(i, i + 2);
    const last = ranges.at(-1);
    if (last?.[1] === start) last[1] = end;
    else ranges.push([start, end]);
  }
  return ranges;
}

function staleRanges(tlb: CheckedRun['ledger']['tlb']): Range[] {
  const pages: number[] = [];
  let vpn = tlb.firstStale(LOWEST_VPN, HIGHEST_VPN);
  while (!Number.isNaN(vpn)) {
    pages.push(vpn, vpn + 1);
    vpn = tlb.firstStale(vpn + 1, HIGHEST_VPN);
  }
  return joined(pages);
}
