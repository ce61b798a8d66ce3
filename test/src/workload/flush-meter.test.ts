import { describe, expect, it } from 'vitest';
import { Hardware } from '../../../models/hardware/hardware.ts';
import { HIGHEST_VPN, LOWEST_VPN, type Machine } from '../../../models/hardware/machine.ts';
import { DirectMapPerm } from '../../../models/hardware/observer.ts';
import { Random } from '../../../src/explore/random.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { FlushMeter } from '../../../src/workload/flush-meter.ts';

const FRAMES = Array.from({ length: 64 }, (_, n) => n);

/** A machine whose events a meter hears; ARM32 drops exactly what it is asked to. */
function bench(machine: Machine = { ...DEFAULT_MACHINE, arch: 'arm32' }) {
  const meter = new FlushMeter(machine);
  const hardware = new Hardware(machine, {
    ...deaf,
    ptesSet: (...event) => meter.ptesSet(...event),
    ptesCleared: (...event) => meter.ptesCleared(...event),
    directMapSet: (...event) => meter.directMapSet(...event),
    flushAsked: (...event) => meter.flushAsked(...event),
    invalidated: () => meter.invalidated(),
  });
  const flush = (start: number, end: number) => {
    hardware.beginFlush(start, end);
    hardware.finishFlushAtOnce();
  };
  const flushList = (...ranges: number[]) => {
    hardware.beginFlushList(ranges);
    hardware.finishFlushListAtOnce(ranges);
  };
  const figures = () => {
    const { flushes, pagesAsked, pagesUseful, pagesDirty } = meter.figures();
    return { flushes, pagesAsked, pagesUseful, pagesDirty };
  };
  return { meter, hardware, flush, flushList, figures };
}

const nothing = () => {};
const deaf = {
  frameAllocated: nothing,
  frameFreed: nothing,
};

describe('FlushMeter', () => {
  it('takes the guard page of an area for useful, but not for dirty, and each page once', () => {
    const { hardware, flush, figures } = bench();
    hardware.setPtes(4, 3, FRAMES, 0);
    hardware.clearPtes(4, 8);
    flush(0, 16);
    expect(figures()).toEqual({ flushes: 1, pagesAsked: 16, pagesUseful: 4, pagesDirty: 3 });
    flush(0, 16);
    expect(figures()).toEqual({ flushes: 2, pagesAsked: 32, pagesUseful: 4, pagesDirty: 3 });
  });

  it('takes a page that is mapped anew without a flush for dirty', () => {
    const { hardware, flush, figures } = bench();
    hardware.setPtes(0, 2, FRAMES, 0);
    hardware.setPtes(1, 1, FRAMES, 5);
    flush(0, 2);
    expect(figures()).toMatchObject({ pagesDirty: 1 });
  });

  it('counts the direct map where it is, unless no CPU can hold the page', () => {
    const machine = { ...DEFAULT_MACHINE, directMapVpn: -100 };
    const { hardware, flush, figures } = bench(machine);
    hardware.setDirectMap(7, DirectMapPerm.invalid);
    hardware.setDirectMap(7, DirectMapPerm.default);
    hardware.setDirectMap(8, DirectMapPerm.readOnly);
    flush(-93, -92);
    expect(figures()).toEqual({ flushes: 1, pagesAsked: 1, pagesUseful: 1, pagesDirty: 1 });
    flush(-100, 0);
    expect(figures()).toMatchObject({ pagesUseful: 2, pagesDirty: 2 });
  });

  it('takes a list of ranges for one flush, with one interrupt', () => {
    const { meter, hardware, flush, flushList, figures } = bench();
    hardware.setPtes(0, 20, FRAMES, 0);
    hardware.clearPtes(0, 20);
    flushList(0, 2, 10, 12, 11, 13);
    flush(15, 16);
    expect(figures()).toEqual({ flushes: 2, pagesAsked: 7, pagesUseful: 6, pagesDirty: 6 });
    const x86 = meter.figures().costs.find(({ arch }) => arch === 'x86_64');
    expect(x86).toMatchObject({ ipis: 2, instructions: (2 + 2 + 2 + 1) * 2 });
  });

  it('takes flushes of nothing for flushes of their own', () => {
    const { hardware, flush, figures } = bench(DEFAULT_MACHINE);
    hardware.setPtes(0, 1, FRAMES, 0);
    hardware.clearPtes(0, 1);
    flush(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    flush(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    flush(0, 1);
    expect(figures()).toEqual({ flushes: 3, pagesAsked: 1, pagesUseful: 1, pagesDirty: 1 });
  });

  it('agrees with the hardware on calls, pages and cost, and on what is left to be flushed', () => {
    const machine = { ...DEFAULT_MACHINE, arch: 'arm32' } as const;
    const { meter, hardware, flush, flushList, figures } = bench(machine);
    const random = new Random(5);
    const range = (): [number, number] => {
      const start = random.below(60);
      return [start, start + 1 + random.below(8)];
    };
    let dirty = 0;
    for (let i = 0; i < 2_000; i++) {
      const [start, end] = range();
      const before = hardware.staleTlb.countStale(LOWEST_VPN, HIGHEST_VPN);
      const kind = random.below(4);
      if (kind === 0) hardware.setPtes(start, end - start, FRAMES, 0);
      else if (kind === 1) hardware.clearPtes(start, end);
      else if (kind === 2) flush(start, end);
      else flushList(start, end, ...range());
      if (kind >= 2) dirty += before - hardware.staleTlb.countStale(LOWEST_VPN, HIGHEST_VPN);
    }
    const { flushes, pagesAsked, nanoseconds } = hardware.totals;
    expect(figures()).toMatchObject({ flushes, pagesAsked, pagesDirty: dirty });
    const arm32 = meter.figures().costs.find(({ arch }) => arch === 'arm32');
    expect(arm32?.microseconds).toBeCloseTo(nanoseconds / 1_000);
    expect(dirty).toBeGreaterThan(100);
  });
});
