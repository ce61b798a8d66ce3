/** One call of the API while it runs, and for as long as another call that overlaps it does. */
export class CallRecord {
  /** When it began and returned, on the ledger's clock of calls. */
  begun = 0;
  returned = Number.POSITIVE_INFINITY;
  /** Ranges whose PTEs it cleared: start, end, start, end, ... */
  readonly cleared: number[] = [];

  covers(vpn: number): boolean {
    for (let i = 0; i < this.cleared.length; i += 2) {
      if (vpn >= (this.cleared[i] ?? 0) && vpn < (this.cleared[i + 1] ?? 0)) return true;
    }
    return false;
  }
}
