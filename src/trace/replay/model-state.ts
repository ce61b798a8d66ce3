import type { Model } from './model.ts';

/** A model at one moment, as far as it helps to see why it parts from the trace. */
export interface ModelState {
  readonly lazyNr: number;
  readonly lazyRanges: number;
  /** Free ranges [start, end) around the pages in question, ascending. */
  readonly free: readonly (readonly [number, number])[];
  /** The heads of the pools that have areas of a size in question: node, len, first pages. */
  readonly pools: readonly {
    readonly node: number;
    readonly len: number;
    readonly head: number[];
  }[];
  readonly underWay: readonly string[];
}

/** Free ranges shown on either side of a page, and areas of a pool. */
const NEIGHBOURS = 2;
const POOL_HEAD = 4;

/** Reads a model: what is free around some pages, and the pools for areas of `size` pages. */
export function modelState(model: Model, pages: readonly number[], size: number): ModelState {
  const { kernel } = model;
  const free: (readonly [number, number])[] = [];
  kernel.forEachFree(({ va_start, va_end }) => {
    free.push([va_start, va_end]);
  });
  const near = new Set<number>();
  for (const page of pages) {
    const at = free.findIndex(([, end]) => end > page);
    for (let i = at - NEIGHBOURS; at >= 0 && i <= at + NEIGHBOURS; i++) near.add(i);
  }
  let lazyRanges = 0;
  kernel.forEachLazy(() => {
    lazyRanges++;
  });
  return {
    lazyNr: kernel.vmap_lazy_nr.value,
    lazyRanges,
    free: free.filter((_, index) => near.has(index)),
    pools: kernel.vmap_nodes.flatMap((vn) => {
      const pool = vn.pool[size - 1];
      if (pool === undefined || pool.len === 0) return [];
      const head: number[] = [];
      for (let node = pool.head.next; node.owner !== null && head.length < POOL_HEAD; ) {
        head.push(node.owner.va_start);
        node = node.next;
      }
      return [{ node: vn.id, len: pool.len, head }];
    }),
    underWay: model.underWay(),
  };
}
