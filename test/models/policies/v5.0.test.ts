import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { ADDRESS_ZERO, ULONG_MAX } from '../../../models/kernel/lazy-purge.ts';
import { KernelOops } from '../../../models/kernel/oops.ts';
import type { Run } from '../../../models/kernel/point.ts';
import { VM_FLUSH_RESET_PERMS } from '../../../models/kernel/vm-flags.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { v5_0 } from '../../../models/policies/v5.0.ts';
import { v5_2 } from '../../../models/policies/v5.2.ts';
import { Bench } from '../kernel/bench.ts';

const boot = (policy: Policy, fields: Partial<Machine> = {}) => new Bench(kernelOf(policy), fields);

function getVmArea(bench: Bench, pages: number): number | null {
  return bench.run(bench.kernel.get_vm_area(pages, 0))?.addr ?? null;
}

function freeVmArea(bench: Bench, vpn: number | null): void {
  const area = bench.run(bench.kernel.find_vm_area(vpn ?? Number.NaN));
  if (area !== null) bench.run(bench.kernel.free_vm_area(area));
}

/** The first pages of congruent areas of one page each, or null. */
function getPcpu(bench: Bench, ...offsets: number[]): number[] | null {
  const sizes = offsets.map(() => 1);
  const vms = bench.run(bench.kernel.pcpu_get_vm_areas(offsets, sizes, 1));
  return vms?.map(({ addr }) => addr) ?? null;
}

describe('the search for address space in v5.0', () => {
  it('begins anew where an area was freed, and for a lower alignment', () => {
    const bench = boot(v5_0);
    const areas = [1, 1, 1].map((pages) => getVmArea(bench, pages));
    freeVmArea(bench, areas[1] ?? null);
    bench.aliases();
    expect(areas).toEqual([0, 2, 4]);
    expect(getVmArea(bench, 1)).toBe(2);
    // An alignment of 8 pages passes over pages 6 and 7.
    expect([8, 8, 1].map((align) => bench.vmalloc(1, 0, align))).toEqual([8, 16, 6]);
  });

  it('begins anew for a request that is smaller than the largest hole passed', () => {
    const bench = boot(v5_0);
    const hole = getVmArea(bench, 3);
    getVmArea(bench, 1);
    freeVmArea(bench, hole);
    bench.aliases();
    // 5 pages do not fit into pages 0-4; 4 pages would, but 4 is not less than 4; 3 pages is.
    expect([4, 3, 2].map((pages) => getVmArea(bench, pages))).toEqual([6, 11, 0]);
  });

  it('refuses a request of just the size of that hole, however often it purges', () => {
    const found = [v5_0, v5_2].map((policy) => {
      const bench = boot(policy, { vmallocPages: 11 });
      const hole = getVmArea(bench, 3);
      getVmArea(bench, 1);
      freeVmArea(bench, hole);
      bench.aliases();
      getVmArea(bench, 4);
      return getVmArea(bench, 3);
    });
    expect(found).toEqual([null, 0]);
  });

  it('keeps no object for free space, and one for each area until it is purged', () => {
    const bench = boot(v5_0);
    expect(bench.objects('vmap_area')).toBe(0);
    freeVmArea(bench, getVmArea(bench, 1));
    expect(bench.objects('vmap_area')).toBe(1);
    expect(bench.state()).toMatchObject({ busy: [], lazy: [0, 2] });
    bench.aliases();
    expect(bench.objects('vmap_area')).toBe(0);
  });
});

describe('congruent areas in v5.0', () => {
  it('are looked for below the last ones only, until an area above is freed', () => {
    const found = [v5_0, v5_2].map((policy) => {
      const bench = boot(policy, { vmallocPages: 8 });
      const first = getPcpu(bench, 0, 3);
      // Lower ones, which fill the space up to page 4: pages 5 and 6 are still free.
      return [first, getPcpu(bench, 0, 1, 2, 3), getPcpu(bench, 0)];
    });
    expect(found).toEqual([
      [[4, 7], [0, 1, 2, 3], null],
      [[4, 7], [0, 1, 2, 3], [6]],
    ]);
  });

  it('are found again where an area was freed', () => {
    const bench = boot(v5_0, { vmallocPages: 8 });
    const vms = bench.run(bench.kernel.pcpu_get_vm_areas([0, 3], [1, 1], 1)) ?? [];
    expect(vms.map(({ addr }) => addr)).toEqual([4, 7]);
    bench.run(bench.kernel.pcpu_free_vm_areas(vms));
    bench.aliases();
    expect(getPcpu(bench, 0, 3)).toEqual([4, 7]);
  });
});

describe('what v5.0 has not got yet', () => {
  it('resets permissions with set_memory_rw() before vfree(), and frees the area lazily', () => {
    const events = [v5_0, v5_2].map((policy) => {
      const bench = boot(policy);
      const vpn = bench.vmalloc(1, VM_FLUSH_RESET_PERMS);
      bench.run(bench.kernel.set_memory_ro(vpn));
      bench.events();
      bench.vfree(vpn);
      return [bench.events(), bench.state().lazy];
    });
    const flush = 'flush -17179869183--17179869182';
    expect(events).toEqual([
      [
        ['direct map 1 default', flush, 'clear 0-2', 'free frame 1'],
        [0, 2],
      ],
      [
        [
          'clear 0-2',
          'direct map 1 invalid',
          'flush -17179869183-2',
          'direct map 1 default',
          'free frame 1',
        ],
        [],
      ],
    ]);
  });

  it('follows a NULL pointer when an unknown address is freed', () => {
    expect(() => boot(v5_0).vfree(0)).toThrow(KernelOops);
    const bench = boot(v5_2);
    bench.vfree(0);
    expect(bench.kernel.warning).toBe('Trying to vfree() nonexistent vm area');
  });

  it('counts lazy pages in 32 bits', () => {
    const seen = [v5_0, v5_2].map((policy) => {
      const bench = boot(policy, { vmallocPages: 2 ** 33 });
      return [2 ** 32, 2 ** 31].map((pages) => {
        freeVmArea(bench, getVmArea(bench, pages - 1));
        const { lazy, vmapLazyNr } = bench.state();
        bench.aliases();
        return { lazy: lazy.length / 2, vmapLazyNr };
      });
    });
    expect(seen).toEqual([
      // 2^32 counts as 0 and waits; 2^31 is negative, more than any limit to an unsigned long.
      [
        { lazy: 1, vmapLazyNr: 0 },
        { lazy: 0, vmapLazyNr: 0 },
      ],
      [
        { lazy: 0, vmapLazyNr: 0 },
        { lazy: 0, vmapLazyNr: 0 },
      ],
    ]);
  });

  it('lets others have the lock after every purged area, however many are lazy', () => {
    const yields = [v5_0, v5_2].map((policy) => {
      const bench = boot(policy, { lazyMaxPages: 1 });
      const { kernel } = bench;
      // While somebody holds the lock, requests to drain are dropped.
      bench.run(lockPurge(bench));
      for (const vpn of [1, 1, 1].map((pages) => getVmArea(bench, pages))) freeVmArea(bench, vpn);
      kernel.interleaved = true;
      const points = [...kernel.__purge_vmap_area_lazy(ULONG_MAX, ADDRESS_ZERO)];
      return points.filter(({ kind }) => kind === 'unlock').length - 1;
    });
    expect(yields).toEqual([3, 1]);
  });
});

function* lockPurge({ kernel }: Bench): Run<void> {
  yield* kernel.mutex_lock(kernel.vmap_purge_lock);
}
