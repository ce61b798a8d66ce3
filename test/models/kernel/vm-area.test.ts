import { describe, expect, it } from 'vitest';
import { MODULES_VPN } from '../../../models/hardware/machine.ts';
import { NULL } from '../../../models/kernel/err.ts';
import { KernelBug, KernelOops } from '../../../models/kernel/oops.ts';
import { runStepped } from '../../../models/kernel/point.ts';
import { VM_IOREMAP, VM_MAP, VM_NO_GUARD } from '../../../models/kernel/vm-flags.ts';
import type { VmStruct } from '../../../models/kernel/vm-struct.ts';
import { Bench, callerFrames } from './bench.ts';

function getArea(bench: Bench, size: number, flags = VM_MAP): VmStruct {
  const area = bench.run(bench.kernel.get_vm_area(size, flags));
  if (area === null) throw new Error('no area');
  return area;
}

describe('get_vm_area', () => {
  it('puts a guard page behind the area, unless told not to', () => {
    const bench = new Bench();
    const areas = [getArea(bench, 3), getArea(bench, 2, VM_NO_GUARD), getArea(bench, 1)];
    expect(areas.map(({ addr, size }) => [addr, size])).toEqual([
      [0, 4],
      [4, 2],
      [6, 2],
    ]);
    expect(areas.map((area) => bench.kernel.get_vm_area_size(area))).toEqual([3, 2, 1]);
  });

  it('is null for no pages, and without memory for the vm_struct or the area', () => {
    const bench = new Bench();
    expect(bench.run(bench.kernel.get_vm_area(0, 0))).toBeNull();
    for (const failing of [1, 2]) {
      bench.outOfMemory((nth) => nth === failing);
      expect(bench.run(bench.kernel.get_vm_area(1, 0))).toBeNull();
      expect([bench.objects('vm_struct'), bench.objects('vmap_area')]).toEqual([0, 1]);
    }
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 4],
    [5, 8],
  ])('aligns I/O memory of %i pages to %i, the guard page not counting', (pages, align) => {
    const bench = new Bench();
    getArea(bench, 8, VM_NO_GUARD);
    getArea(bench, 1, VM_NO_GUARD);
    expect(getArea(bench, pages, VM_IOREMAP).addr).toBe(Math.ceil(9 / align) * align);
  });

  it('aligns I/O memory to IOREMAP_MAX_ORDER at most', () => {
    const bench = new Bench(undefined, { vmallocPages: 2 ** 22 });
    getArea(bench, 1);
    expect(getArea(bench, 2 ** 19, VM_IOREMAP).addr).toBe(2 ** 18);
  });
});

describe('rangeOf', () => {
  it('knows the vmalloc space and the module range', () => {
    const { kernel } = new Bench(undefined, { modulesPages: 16 });
    expect(kernel.rangeOf('vmalloc')).toEqual([0, 64]);
    expect(kernel.rangeOf('modules')).toEqual([MODULES_VPN, MODULES_VPN + 16]);
  });
});

describe('find_vm_area', () => {
  it('finds an area by every page of it, the guard page included', () => {
    const bench = new Bench();
    const area = getArea(bench, 2);
    const find = (vpn: number) => bench.run(bench.kernel.find_vm_area(vpn));
    expect([0, 1, 2, 3].map((vpn) => find(vpn) === area)).toEqual([true, true, true, false]);
  });

  it('knows no vm_struct of what vm_map_ram mapped', () => {
    const bench = new Bench();
    expect(bench.run(bench.kernel.find_vm_area(bench.map(5)))).toBeNull();
  });
});

describe('remove_vm_area', () => {
  it('unmaps all of the area, makes it lazy, and hands its vm_struct over', () => {
    const bench = new Bench();
    const vpn = bench.vmap(2);
    const area = bench.run(bench.kernel.find_vm_area(vpn));
    bench.events();
    expect(bench.run(bench.kernel.remove_vm_area(vpn + 1))).toBe(area);
    expect(bench.events()).toEqual([`clear ${vpn}-${vpn + 3}`]);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 3] });
    expect(bench.objects('vm_struct')).toBe(1);
  });

  it('lets nobody find the vm_struct any more while it unmaps, in v6.1', () => {
    const bench = new Bench();
    const { kernel } = bench;
    const vpn = bench.vmap(2);
    kernel.interleaved = true;
    const run = kernel.remove_vm_area(vpn);
    let result = run.next();
    while (!result.done && result.value.kind !== 'pte') result = run.next();
    expect(kernel.vmalloc_to_page(vpn)).not.toBe(-1);
    expect(runStepped(kernel.find_vm_area(vpn))).toBeNull();
    expect(bench.state().busy).toEqual([0, 3, 0]);
  });

  it('leaves an area without a vm_struct alone', () => {
    const bench = new Bench();
    const vpn = bench.map(5);
    expect(bench.run(bench.kernel.remove_vm_area(vpn))).toBeNull();
    expect(bench.run(bench.kernel.remove_vm_area(40))).toBeNull();
    expect(bench.state()).toMatchObject({ busy: [0, 5, 0], lazy: [] });
  });
});

describe('free_vm_area', () => {
  it('frees the vm_struct too, and may not be called twice', () => {
    const bench = new Bench();
    const area = getArea(bench, 2);
    bench.run(bench.kernel.free_vm_area(area));
    expect(bench.objects('vm_struct')).toBe(0);
    expect(() => bench.run(bench.kernel.free_vm_area(area))).toThrow(KernelOops);
    expect(() => bench.kernel.get_vm_area_size(area)).toThrow(KernelOops);
    expect(() => bench.kernel.kfree_vm_struct(area)).toThrow(KernelOops);
  });

  it('is a BUG() if another area is at that address', () => {
    const bench = new Bench();
    const [first, second] = [getArea(bench, 2), getArea(bench, 2)];
    first.addr = second.addr;
    expect(() => bench.run(bench.kernel.free_vm_area(first))).toThrow(KernelBug);
  });
});

describe.each(['vmap', 'ioremap'] as const)('%s', (kind) => {
  it('maps what it is given', () => {
    const bench = new Bench();
    const vpn = bench.run(bench.kernel[kind](callerFrames(2), 2));
    expect(bench.events()).toEqual([`set ${vpn}-${vpn + 2}`]);
    expect(bench.kernel.vmalloc_to_page(vpn + 1)).toBe(callerFrames(2)[1]);
  });

  it('gives everything back if it cannot map all of it', () => {
    const bench = new Bench(undefined, { vmallocPages: 2048 });
    getArea(bench, 507, VM_NO_GUARD);
    const frames = callerFrames(8);
    // 1: vm_struct, 2: area, 3: spare, 4 and 5: page tables.
    bench.outOfMemory((nth) => nth === (kind === 'vmap' ? 5 : 4));
    expect(bench.run(bench.kernel[kind](frames, 8))).toBe(NULL);
    expect(bench.objects('vm_struct')).toBe(1);
    expect(bench.state().busy).toHaveLength(3);
    expect(bench.events()).toEqual(
      kind === 'vmap' ? ['set 507-512', 'clear 507-516'] : ['clear 512-521'],
    );
  });

  it('is NULL if there is no room', () => {
    const bench = new Bench();
    expect(bench.run(bench.kernel[kind](callerFrames(64), 64))).toBe(NULL);
    expect(bench.objects('vm_struct')).toBe(0);
  });
});

describe('vmap', () => {
  it('refuses more pages than there is RAM, without trying', () => {
    const bench = new Bench(undefined, { ramPages: 4 });
    expect(bench.vmap(5)).toBe(NULL);
    expect(bench.kernel.tracepointCounts.size).toBe(0);
    expect(bench.vmap(4)).toBe(0);
  });
});
