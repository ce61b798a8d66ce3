/** Ranges of pages to flush; one that begins where the last one ends becomes part of it. */
export class RangeList {
  /** start, end, start, end, ... in vpn. */
  readonly bounds: number[] = [];

  /** Adds [start, end) in vpn; an empty range adds nothing. */
  add(start: number, end: number): void {
    if (start >= end) return;
    const last = this.bounds.length - 1;
    if (this.bounds[last] === start) this.bounds[last] = end;
    else this.bounds.push(start, end);
  }
}
