import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { KernelBug } from '../../../models/kernel/oops.ts';
import { VM_NO_GUARD } from '../../../models/kernel/vm-flags.ts';
import type { VmStruct } from '../../../models/kernel/vm-struct.ts';
import { Bench } from './bench.ts';

type Wanted = readonly [offset: number, size: number][];

function getAreas(bench: Bench, wanted: Wanted, align = 1): VmStruct[] | null {
  const offsets = wanted.map(([offset]) => offset);
  const sizes = wanted.map(([, size]) => size);
  return bench.run(bench.kernel.pcpu_get_vm_areas(offsets, sizes, align));
}

const starts = (vms: VmStruct[] | null) => vms?.map(({ addr }) => addr);

/** Takes [start, end) for somebody else. */
function occupy(bench: Bench, start: number, end: number): void {
  const run = bench.kernel.__get_vm_area_node(end - start, 1, VM_NO_GUARD, start, end);
  if (bench.run(run) === null) throw new Error(`page ${start} is in use`);
}

/** What must hold once everything was given back. */
function expectNothingLeft(bench: Bench): void {
  const { busy, free, objects, spareVmapAreas } = bench.state();
  expect([busy, free]).toEqual([[], [LOWEST_VPN, HIGHEST_VPN]]);
  expect(objects.get('vmap_area')).toBe(1 + spareVmapAreas);
  expect(objects.get('vm_struct') ?? 0).toBe(0);
}

const TWO: Wanted = [
  [0, 2],
  [6, 2],
];

describe('pcpu_get_vm_areas', () => {
  it('takes the highest range, the areas at the distances asked for', () => {
    expect(starts(getAreas(new Bench(), TWO))).toEqual([56, 62]);
  });

  it('has the areas in the order of its caller, whichever is the highest', () => {
    const wanted: Wanted = [
      [6, 2],
      [0, 2],
      [3, 1],
    ];
    expect(starts(getAreas(new Bench(), wanted))).toEqual([62, 56, 59]);
  });

  it('can take all of the space', () => {
    expect(starts(getAreas(new Bench(), [[0, 64]]))).toEqual([0]);
  });

  it('makes each a busy area with a vm_struct, without a guard page', () => {
    const bench = new Bench();
    const vms = getAreas(bench, TWO);
    expect(bench.state().busy).toEqual([56, 58, 1, 62, 64, 1]);
    expect(vms?.map(({ size }) => size)).toEqual([2, 2]);
  });

  it('aligns the base', () => {
    const bench = new Bench(undefined, { vmallocPages: 63 });
    const wanted: Wanted = [
      [0, 4],
      [8, 4],
    ];
    expect(starts(getAreas(bench, wanted, 4))).toEqual([48, 56]);
  });

  it('finds the highest base there is, in any free space', () => {
    const space = fc.uniqueArray(fc.nat(39), { maxLength: 25 });
    const areas = fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(space, areas, fc.constantFrom(1, 2, 4), (taken, slots, align) => {
        const bench = new Bench(undefined, { vmallocPages: 40, lazyMaxPages: 64 });
        for (const vpn of taken) occupy(bench, vpn, vpn + 1);
        // The lowest area is at offset 0: the kernel wants the base itself inside the space.
        const lowest = Math.min(...slots);
        const wanted = slots.map((slot) => [(slot - lowest) * align, align] as [number, number]);
        const isFree = (vpn: number) => vpn >= 0 && vpn < 40 && !taken.includes(vpn);
        const fits = (base: number) =>
          wanted.every(([offset, size]) =>
            Array.from({ length: size }, (_, page) => base + offset + page).every(isFree),
          );
        let base = 40 - align;
        while (base >= 0 && !fits(base)) base -= align;
        const expected = base < 0 ? undefined : wanted.map(([offset]) => base + offset);
        expect(starts(getAreas(bench, wanted, align))).toEqual(expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('purges once if there is no room, and tries again', () => {
    const bench = new Bench();
    const area = bench.run(bench.kernel.get_vm_area(62, 0));
    if (area === null) throw new Error('no area');
    bench.run(bench.kernel.free_vm_area(area));
    bench.events();
    expect(starts(getAreas(bench, TWO))).toEqual([56, 62]);
    expect(bench.events()).toEqual(['flush 0-63']);
  });

  it('is null if a purge does not help', () => {
    const bench = new Bench();
    occupy(bench, 0, 60);
    expect(getAreas(bench, TWO)).toBeNull();
    expect(bench.kernel.tracepointCounts.get('pcpu_get_vm_areas: overflow')).toBe(2);
    expect([bench.objects('vm_struct'), bench.state().busy.length]).toEqual([1, 3]);
  });

  it('is null, with a warning and no purge, for more than all of the space', () => {
    const bench = new Bench();
    bench.vfree(bench.vmalloc(1));
    bench.events();
    expect(getAreas(bench, [[60, 5]])).toBeNull();
    expect(bench.kernel.warning).toContain('larger than all of the space');
    expect(bench.events()).toEqual([]);
  });

  it.each<[string, Wanted, number]>([
    ['an alignment that is no power of two', [[0, 3]], 3],
    ['an offset that is not aligned', [[1, 2]], 2],
    ['a size that is not aligned', [[0, 1]], 2],
    ['areas that overlap', [...TWO, [1, 2]], 1],
  ])('is a BUG() for %s', (_what, wanted, align) => {
    expect(() => getAreas(new Bench(), wanted, align)).toThrow(KernelBug);
  });

  it('gives everything back whichever of its objects it has no memory for', () => {
    // Two arrays, two areas and their vm_structs, two splits of the free area.
    for (let failing = 1; failing <= 8; failing++) {
      const bench = new Bench();
      // A split is tried again after a purge; what is missing before that is missed at once.
      bench.outOfMemory((nth) => (failing > 6 ? nth >= failing : nth === failing));
      expect(getAreas(bench, TWO), `allocation ${failing}`).toBeNull();
      expectNothingLeft(bench);
    }
  });
});

describe('the recovery of pcpu_get_vm_areas', () => {
  it('gives back what was cut out already, purges, and tries again with new objects', () => {
    const bench = new Bench();
    // 7: the split for the first area, 8: the one for the second, which fails once.
    bench.outOfMemory((nth) => nth === 8);
    const vms = getAreas(bench, TWO);
    expect(bench.kernel.warning).toContain('no memory to split a free area');
    expect(bench.kernel.tracepointCounts.get('pcpu_get_vm_areas: overflow')).toBe(1);
    expect(starts(vms)).toEqual([56, 62]);
    expect(bench.objects('vmap_area')).toBe(2 + bench.state().free.length / 2);
    bench.run(bench.kernel.pcpu_free_vm_areas(vms ?? []));
    bench.aliases();
    expectNothingLeft(bench);
  });

  it('gives back the rest if an object to try again with cannot be had', () => {
    const bench = new Bench();
    bench.outOfMemory((nth) => nth === 8 || nth === 9);
    expect(getAreas(bench, TWO)).toBeNull();
    expectNothingLeft(bench);
  });

  it('is not tried a third time', () => {
    const bench = new Bench();
    // 8: the second split, 9: the new object; then the splits of the second round, 10 and 11.
    bench.outOfMemory((nth) => nth === 8 || nth === 11);
    expect(getAreas(bench, TWO)).toBeNull();
    expectNothingLeft(bench);
  });
});

describe('pcpu_free_vm_areas', () => {
  it('makes every area lazy', () => {
    const bench = new Bench();
    bench.run(bench.kernel.pcpu_free_vm_areas(getAreas(bench, TWO) ?? []));
    expect(bench.state()).toMatchObject({ busy: [], lazy: [56, 58, 62, 64], vmapLazyNr: 4 });
    expect(bench.objects('vm_struct')).toBe(0);
  });
});
