import type { StaleTlb } from './tlb.ts';

/** The adversarial TLB page by page: for each CPU, the set of pages it may hold stale. */
export class NaiveStaleTlb implements StaleTlb {
  readonly #staleOf: readonly Set<number>[];

  /** @param cpus online CPUs of the machine, 1 or more. */
  constructor(cpus: number) {
    this.#staleOf = Array.from({ length: cpus }, () => new Set<number>());
  }

  cleared(start: number, end: number): void {
    for (const stale of this.#staleOf) {
      for (let vpn = start; vpn < end; vpn++) stale.add(vpn);
    }
  }

  invalidate(cpu: number, start: number, end: number): void {
    const stale = this.#pagesOf(cpu);
    if (end - start <= stale.size) {
      for (let vpn = start; vpn < end; vpn++) stale.delete(vpn);
      return;
    }
    for (const vpn of stale) {
      if (vpn >= start && vpn < end) stale.delete(vpn);
    }
  }

  invalidateAll(start: number, end: number): void {
    for (let cpu = 0; cpu < this.#staleOf.length; cpu++) this.invalidate(cpu, start, end);
  }

  firstStale(start: number, end: number): number {
    let first = Number.NaN;
    for (let cpu = 0; cpu < this.#staleOf.length; cpu++) {
      const onCpu = this.firstStaleOn(cpu, start, end);
      if (!(onCpu >= first)) first = Number.isNaN(onCpu) ? first : onCpu;
    }
    return first;
  }

  firstStaleOn(cpu: number, start: number, end: number): number {
    const stale = this.#pagesOf(cpu);
    if (end - start <= stale.size) {
      for (let vpn = start; vpn < end; vpn++) if (stale.has(vpn)) return vpn;
      return Number.NaN;
    }
    let first = Number.POSITIVE_INFINITY;
    for (const vpn of stale) if (vpn >= start && vpn < end && vpn < first) first = vpn;
    return Number.isFinite(first) ? first : Number.NaN;
  }

  countStale(start: number, end: number): number {
    const anywhere = new Set<number>();
    for (const stale of this.#staleOf) {
      for (const vpn of stale) if (vpn >= start && vpn < end) anywhere.add(vpn);
    }
    return anywhere.size;
  }

  reset(): void {
    for (const stale of this.#staleOf) stale.clear();
  }

  #pagesOf(cpu: number): Set<number> {
    const stale = this.#staleOf[cpu];
    if (stale === undefined) {
      throw new RangeError(`cpu index ${cpu}: the TLB has 0 .. ${this.#staleOf.length - 1}`);
    }
    return stale;
  }
}
