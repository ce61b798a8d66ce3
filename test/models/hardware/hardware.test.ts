import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFlushPlan, Hardware } from '../../../models/hardware/hardware.ts';
import { DIRECT_MAP_VPN, type Machine } from '../../../models/hardware/machine.ts';
import { DirectMapPerm, type HardwareObserver } from '../../../models/hardware/observer.ts';
import { NaivePageTable } from '../../../models/hardware/page-table-naive.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';

const ONLINE = [0, 2, 5];

const machine: Machine = {
  possibleCpus: [0, 1, 2, 5],
  onlineCpus: ONLINE,
  vmallocPages: 256,
  modulesPages: 0,
  ramPages: 8,
  vmapMaxAlloc: 2,
  vmapBbmapBits: 4,
  lazyMaxPages: 64,
  vmapNodes: 1,
  zonePages: 16,
  directMapVpn: DIRECT_MAP_VPN,
  arch: 'x86_64',
};

/** Writes each event down as a line. */
class Recorder implements HardwareObserver {
  readonly lines: string[] = [];
  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.lines.push(
      `set ${start} ${Array.from(frames)
        .slice(first, first + count)
        .join(' ')}`,
    );
  }
  ptesCleared(start: number, end: number): void {
    this.lines.push(`clear ${start} ${end}`);
  }
  flushAsked(start: number, end: number): void {
    this.lines.push(`flush ${start} ${end}`);
  }
  invalidated(cpu: number, start: number, end: number): void {
    this.lines.push(`cpu ${cpu} drops ${start} ${end}`);
  }
  frameAllocated(pfn: number): void {
    this.lines.push(`alloc ${pfn}`);
  }
  frameFreed(pfn: number): void {
    this.lines.push(`free ${pfn}`);
  }
  directMapSet(pfn: number, perm: DirectMapPerm): void {
    this.lines.push(`direct ${pfn} ${perm}`);
  }
}

/** A second machine built from the events alone, with the naive structures. */
class Shadow implements HardwareObserver {
  readonly table = new NaivePageTable();
  readonly tlb = new NaiveStaleTlb(ONLINE.length);
  readonly allocated = new Set<number>();
  readonly #perms = new Map<number, DirectMapPerm>();

  ptesSet(start: number, count: number, frames: ArrayLike<number>, first: number): void {
    this.#makeStale(start, start + count);
    this.table.set(start, count, frames, first);
  }
  ptesCleared(start: number, end: number): void {
    this.#makeStale(start, end);
    this.table.clear(start, end);
  }
  flushAsked(): void {}
  invalidated(cpu: number, start: number, end: number): void {
    this.tlb.invalidate(ONLINE.indexOf(cpu), start, end);
  }
  frameAllocated(pfn: number): void {
    this.allocated.add(pfn);
  }
  frameFreed(pfn: number): void {
    this.allocated.delete(pfn);
  }
  directMapSet(pfn: number, perm: DirectMapPerm): void {
    const before = this.#perms.get(pfn) ?? DirectMapPerm.default;
    const vpn = DIRECT_MAP_VPN + pfn;
    if (before !== DirectMapPerm.invalid) this.tlb.cleared(vpn, vpn + 1);
    this.#perms.set(pfn, perm);
  }
  #makeStale(start: number, end: number): void {
    for (let vpn = start; vpn < end; vpn++) {
      if (this.table.lookup(vpn) >= 0) this.tlb.cleared(vpn, vpn + 1);
    }
  }
}

const steps = fc.record({
  kind: fc.constantFrom('set', 'clear', 'flush', 'flushSome', 'direct', 'alloc', 'free'),
  start: fc.integer({ min: -3, max: 40 }),
  count: fc.integer({ min: 0, max: 12 }),
  cpu: fc.nat({ max: ONLINE.length - 1 }),
  perm: fc.constantFrom(...Object.values(DirectMapPerm)),
});

describe('Hardware', () => {
  it('is rebuilt from its own events alone', () => {
    let stalePages = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('x86_64', 'arm32', 's390'),
        fc.array(steps, { maxLength: 40, size: 'max' }),
        (arch, sequence) => {
          const shadow = new Shadow();
          const hardware = new Hardware({ ...machine, arch }, shadow);
          const frames = Int32Array.from({ length: 60 }, (_, nth) => 1000 + nth);
          for (const { kind, start, count, cpu, perm } of sequence) {
            const end = start + count;
            if (kind === 'set') hardware.setPtes(start, count, frames, start + 3);
            else if (kind === 'clear') hardware.clearPtes(start, end);
            else if (kind === 'direct') hardware.setDirectMap(count, perm);
            else if (kind === 'alloc') hardware.allocFrame();
            else if (kind === 'free') hardware.freeFrame(count);
            else {
              hardware.beginFlush(start, end);
              if (kind === 'flush') hardware.finishFlushAtOnce();
              else hardware.invalidateCpu(cpu);
            }
            for (const [from, to] of [[-5, 60] as const, directMapOf(machine)]) {
              stalePages += hardware.staleTlb.countStale(from, to);
              expect(hardware.staleTlb.countStale(from, to)).toBe(shadow.tlb.countStale(from, to));
              expect(hardware.staleTlb.firstStaleOn(cpu, from, to)).toBe(
                shadow.tlb.firstStaleOn(cpu, from, to),
              );
            }
            for (let vpn = start; vpn < end; vpn++) {
              expect(hardware.pageTable.lookup(vpn)).toBe(shadow.table.lookup(vpn));
            }
          }
          while (hardware.allocFrame() >= 0);
          expect(shadow.allocated.size).toBe(machine.ramPages);
        },
      ),
      { seed: 7, numRuns: 150 },
    );
    expect(stalePages).toBeGreaterThan(1000);
  });

  it('reports every event, flushes CPU by CPU with their ids', () => {
    const recorder = new Recorder();
    const hardware = new Hardware(machine, recorder);
    hardware.setPtes(10, 2, [0, 501, 502], 1);
    hardware.clearPtes(9, 13);
    hardware.beginFlush(10, 12);
    hardware.invalidateCpu(1);
    hardware.finishFlushAtOnce();
    hardware.beginFlush(0, 100);
    hardware.invalidateCpu(2);
    expect(recorder.lines).toEqual([
      'set 10 501 502',
      'clear 9 13',
      'flush 10 12',
      'cpu 2 drops 10 12',
      'cpu 0 drops 10 12',
      'cpu 2 drops 10 12',
      'cpu 5 drops 10 12',
      'flush 0 100',
      'cpu 5 drops -Infinity Infinity',
    ]);
    expect(hardware.totals).toMatchObject({
      flushes: 2,
      pagesAsked: 102,
      instructions: 2 * 3 + 3,
      ipis: 4,
    });
    expect(hardware.totals.nanoseconds).toBeGreaterThan(0);
  });

  it('drops and reports nothing for a flush whose range is empty', () => {
    const recorder = new Recorder();
    const hardware = new Hardware(machine, recorder);
    hardware.setPtes(10, 1, [1], 0);
    hardware.clearPtes(10, 11);
    hardware.beginFlush(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    hardware.finishFlushAtOnce();
    hardware.invalidateCpu(0);
    expect(recorder.lines.slice(2)).toEqual(['flush Infinity -Infinity']);
    expect(hardware.totals).toMatchObject({ flushes: 1, pagesAsked: 0, ipis: 2 });
    expect(hardware.staleTlb.firstStale(0, 100)).toBe(10);
  });

  it('keeps two flushes apart that bring their own plans', () => {
    const recorder = new Recorder();
    const hardware = new Hardware(machine, recorder);
    const one = emptyFlushPlan();
    const other = emptyFlushPlan();
    hardware.beginFlush(1, 2, one);
    hardware.beginFlush(5, 6, other);
    hardware.invalidateCpu(0, one);
    hardware.invalidateCpu(0, other);
    expect(recorder.lines.slice(2)).toEqual(['cpu 0 drops 1 2', 'cpu 0 drops 5 6']);
  });

  it('makes the direct map stale when a present PTE changes, and only then', () => {
    const recorder = new Recorder();
    const hardware = new Hardware(machine, recorder);
    const stale = () => hardware.staleTlb.countStale(...directMapOf(machine));
    hardware.setDirectMap(3, DirectMapPerm.default);
    expect(stale()).toBe(0);
    hardware.setDirectMap(3, DirectMapPerm.readOnly);
    expect(hardware.staleTlb.firstStale(...directMapOf(machine))).toBe(DIRECT_MAP_VPN + 3);
    hardware.staleTlb.reset();
    hardware.setDirectMap(3, DirectMapPerm.invalid);
    expect(stale()).toBe(1);
    hardware.staleTlb.reset();
    hardware.setDirectMap(3, DirectMapPerm.default);
    expect(stale()).toBe(0);
    expect(recorder.lines).toEqual(['direct 3 1', 'direct 3 2', 'direct 3 0']);
  });

  it('hands frames out from 1 on, lowest first, and reports a frame freed twice', () => {
    const recorder = new Recorder();
    const hardware = new Hardware({ ...machine, ramPages: 2 }, recorder);
    expect([hardware.allocFrame(), hardware.allocFrame(), hardware.allocFrame()]).toEqual([
      1, 2, -1,
    ]);
    expect([hardware.freeFrame(1), hardware.freeFrame(1), hardware.allocFrame()]).toEqual([
      true,
      false,
      1,
    ]);
    expect(recorder.lines).toEqual(['alloc 1', 'alloc 2', 'free 1', 'free 1', 'alloc 1']);
  });

  it('names a CPU index that is not online', () => {
    const hardware = new Hardware(machine, new Recorder());
    expect(() => hardware.invalidateCpu(3)).toThrow('CPU index 3: online are 0 .. 2');
  });
});

function directMapOf({ ramPages }: Machine): readonly [number, number] {
  return [DIRECT_MAP_VPN, DIRECT_MAP_VPN + Math.max(ramPages, 16)];
}
