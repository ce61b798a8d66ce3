/**
 * What a model tells while it runs, in the letters of the trace's own lines. `count` is a change of
 * vmap_lazy_nr, which the trace does not have as a line of its own.
 */
export type ProbeCode =
  | 'A'
  | 'F'
  | 'P'
  | 'q'
  | 'p'
  | 'C'
  | 'K'
  | 'D'
  | 'T'
  | 'n'
  | 'Q'
  | 'M'
  | 'R'
  | 'X'
  | 'count';

/**
 * One thing a model did. The values are those of the line with the same letter:
 *
 *   A      addr, pages, popped from a pool (0 or 1); addr is NaN if there was no room
 *   F      addr, pages, owner node or -1, lazy node
 *   P, q   start, end, full decay or areas purged
 *   p      whether anything was purged
 *   C      node, full
 *   K, M   start, pages
 *   D, n   node
 *   T      start, end
 *   Q      start, pages, node
 *   R      page of the area that went to the tail
 *   X      addr, free, dirty
 *   count  pages added, negative when taken off
 */
export interface ModelEvent {
  readonly code: ProbeCode;
  readonly values: readonly number[];
}

/** Called when something happened, with the task that runs as the kernel's current one. */
export type Probe = (code: ProbeCode, values: readonly number[]) => void;
