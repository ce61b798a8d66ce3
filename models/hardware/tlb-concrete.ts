/** Geometry of one CPU's TLB. */
export interface TlbGeometry {
  readonly sets: number;
  readonly ways: number;
}

/** 256 entries; assumed, of the order of a first-level data TLB with a small second level. */
const DEFAULT_TLB: TlbGeometry = { sets: 64, ways: 4 };

/** One translation a CPU holds: virtual page to frame. */
export interface TlbEntry {
  readonly vpn: number;
  readonly pfn: number;
}

interface CpuTlb {
  /** Entry w of set s is at s * ways + w, most recently used first; vpn NaN: not valid. */
  readonly vpns: Float64Array;
  readonly pfns: Int32Array;
}

/**
 * A TLB as a CPU has it, one per CPU: set-associative, least recently used out first, filled by
 * accesses. It is for showing a stale access and for counting refills. Whether an access *could*
 * be stale is StaleTlb's to say: this one shows a single behaviour of the many that are possible.
 */
export class ConcreteTlb {
  readonly #geometry: TlbGeometry;
  readonly #cpus: CpuTlb[];

  /** @param cpus online CPUs of the machine; `cpu` below is an index 0 .. cpus - 1. */
  constructor(cpus: number, geometry: TlbGeometry = DEFAULT_TLB) {
    const entries = geometry.sets * geometry.ways;
    this.#geometry = geometry;
    this.#cpus = Array.from({ length: cpus }, () => ({
      vpns: new Float64Array(entries).fill(Number.NaN),
      pfns: new Int32Array(entries),
    }));
  }

  /**
   * The CPU accesses a page that the page table maps to `pfn` (-1: no PTE). Returns the frame the
   * access reaches, which is an old one if the TLB still holds it, or -1 for a fault.
   */
  touch(cpu: number, vpn: number, pfn: number): number {
    const tlb = this.#tlbOf(cpu);
    const held = this.#find(tlb, vpn);
    if (held >= 0) {
      const hit = tlb.pfns[held] ?? -1;
      this.#moveToFront(tlb, held, vpn, hit);
      return hit;
    }
    if (pfn >= 0) this.#moveToFront(tlb, this.#firstOfSet(vpn) + this.#geometry.ways - 1, vpn, pfn);
    return pfn;
  }

  /** The frame this CPU holds for the page, or -1. Does not count as a use. */
  lookup(cpu: number, vpn: number): number {
    const tlb = this.#tlbOf(cpu);
    const held = this.#find(tlb, vpn);
    return held < 0 ? -1 : (tlb.pfns[held] ?? -1);
  }

  /** The CPU drops its translations of [start, end) pages. */
  invalidate(cpu: number, start: number, end: number): void {
    const { vpns } = this.#tlbOf(cpu);
    for (let entry = 0; entry < vpns.length; entry++) {
      const vpn = vpns[entry] ?? Number.NaN;
      if (vpn >= start && vpn < end) vpns[entry] = Number.NaN;
    }
  }

  /** What the CPU holds, by ascending page. */
  entries(cpu: number): TlbEntry[] {
    const { vpns, pfns } = this.#tlbOf(cpu);
    const held: TlbEntry[] = [];
    vpns.forEach((vpn, entry) => {
      if (!Number.isNaN(vpn)) held.push({ vpn, pfn: pfns[entry] ?? -1 });
    });
    return held.sort((a, b) => a.vpn - b.vpn);
  }

  #tlbOf(cpu: number): CpuTlb {
    const tlb = this.#cpus[cpu];
    if (tlb === undefined) {
      throw new RangeError(`cpu index ${cpu}: the TLB has 0 .. ${this.#cpus.length - 1}`);
    }
    return tlb;
  }

  #firstOfSet(vpn: number): number {
    const { sets, ways } = this.#geometry;
    return (vpn - Math.floor(vpn / sets) * sets) * ways;
  }

  #find(tlb: CpuTlb, vpn: number): number {
    const first = this.#firstOfSet(vpn);
    for (let entry = first; entry < first + this.#geometry.ways; entry++) {
      if (tlb.vpns[entry] === vpn) return entry;
    }
    return -1;
  }

  /** Puts the translation first in its set; the entries before index `from` move back by one. */
  #moveToFront(tlb: CpuTlb, from: number, vpn: number, pfn: number): void {
    const first = this.#firstOfSet(vpn);
    tlb.vpns.copyWithin(first + 1, first, from);
    tlb.pfns.copyWithin(first + 1, first, from);
    tlb.vpns[first] = vpn;
    tlb.pfns[first] = pfn;
  }
}
