import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { KernelBug } from '../../../models/kernel/oops.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { v5_2 } from '../../../models/policies/v5.2.ts';
import { v5_4 } from '../../../models/policies/v5.4.ts';
import { v5_11 } from '../../../models/policies/v5.11.ts';
import { v5_13 } from '../../../models/policies/v5.13.ts';
import { v5_18 } from '../../../models/policies/v5.18.ts';
import { v5Versions } from '../../../models/policies/v5-versions.ts';
import { v6_1 } from '../../../models/policies/v6.1.ts';
import { noSpuriousFailure } from '../../../properties/no-spurious-failure.ts';
import { runScenario } from '../../../src/explore/run-scenario.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import { Bench } from '../kernel/bench.ts';

const boot = (policy: Policy, fields: Partial<Machine> = {}) => new Bench(kernelOf(policy), fields);

function getVmArea(bench: Bench, pages: number): number {
  return bench.run(bench.kernel.get_vm_area(pages, 0))?.addr ?? Number.NaN;
}

function freeVmArea(bench: Bench, vpn = Number.NaN): void {
  const area = bench.run(bench.kernel.find_vm_area(vpn));
  if (area !== null) bench.run(bench.kernel.free_vm_area(area));
}

describe('v5.18', () => {
  it('does not warn when a free area cannot be split', () => {
    const warnings = [v5_18, v6_1].map((policy) => {
      const bench = boot(policy);
      // All but the vm_struct and the vmap_area of the allocation itself.
      bench.outOfMemory((nth) => nth > 2);
      expect(getVmArea(bench, 1)).toBeNaN();
      return bench.kernel.warning;
    });
    expect(warnings).toEqual([null, '__alloc_vmap_area: no memory to split a free area']);
  });

  it('leaves the drain to a work item, v5.13 does it on the spot', () => {
    const seen = [v5_18, v5_13].map((policy) => {
      const bench = boot(policy, { lazyMaxPages: 2 });
      const vpn = bench.vmap(2);
      bench.events();
      bench.run(bench.kernel.vunmap(vpn));
      return [bench.events(), bench.state().lazy, bench.state().pendingWork];
    });
    expect(seen).toEqual([
      [['clear 0-3'], [0, 3], 1],
      [['clear 0-3', 'flush 0-3'], [], 0],
    ]);
  });
});

describe('v5.13', () => {
  it('drops the request to drain that its own purge makes', () => {
    const bench = boot(v5_13, { lazyMaxPages: 2 });
    bench.unmap(bench.map(1), 1);
    bench.events();
    bench.aliases();
    expect(bench.events()).toEqual(['flush 0-4']);
    expect(bench.kernel.tracepointCounts.get('try_purge_vmap_area_lazy: dropped')).toBe(1);
    expect(bench.state()).toMatchObject({ lazy: [], vmapLazyNr: 0, pendingWork: 0 });
  });

  it('passes over a hole that fits exactly where one page is the alignment', () => {
    const addresses = [v5_13, v5_18].map((policy) => {
      const bench = boot(policy);
      const areas = [1, 1, 1, 2, 1].map((pages) => getVmArea(bench, pages));
      freeVmArea(bench, areas[1]);
      freeVmArea(bench, areas[3]);
      bench.aliases();
      // Pages 2-4 and 6-9 are free. vmalloc() asks for an alignment of one byte.
      return [bench.map(3), bench.vmalloc(2)];
    });
    expect(addresses).toEqual([
      [11, 6],
      [6, 11],
    ]);
  });

  it('asks for the pages of a vmalloc one by one', () => {
    const succeeded = [v5_13, v5_18].map((policy) => {
      const bench = boot(policy);
      // vm_struct, vmap_area, the spare one, the page array, and then the first request for pages.
      bench.outOfMemory((nth) => nth === 5);
      return bench.vmalloc(2) === 0;
    });
    expect(succeeded).toEqual([false, true]);
  });

  it('finds nothing behind the hole a read begins in', () => {
    const read = [v5_11, v5_13, v5_18].map((policy) => {
      const bench = boot(policy);
      getVmArea(bench, 1);
      bench.vmap(1);
      // Page 1 is the guard page of the first area: inside it. Page -1 is in no area.
      return [1, -1].map((vpn) => bench.run(bench.kernel.vread(vpn, 4)).length);
    });
    expect(read).toEqual([
      [4, 4],
      [4, 0],
      [4, 4],
    ]);
  });
});

describe('v5.4', () => {
  it('keeps lazy areas as they come, and flushes one hull over them', () => {
    const seen = [v5_4, v5_11].map((policy) => {
      const bench = boot(policy);
      const areas = [1, 1, 1].map((pages) => bench.vmap(pages));
      for (const vpn of areas.reverse()) bench.run(bench.kernel.vunmap(vpn));
      const { lazy } = bench.state();
      bench.events();
      bench.aliases();
      return [[...lazy], bench.events(), bench.state().vmapLazyNr];
    });
    expect(seen).toEqual([
      [[0, 2, 2, 4, 4, 6], ['flush 0-6'], 0],
      [[0, 6], ['flush 0-6'], 0],
    ]);
  });

  it('has one lock for busy and free areas', () => {
    const locks = [v5_4, v5_11].map((policy) => {
      const { vmap_area_lock, free_vmap_area_lock } = boot(policy).kernel;
      return vmap_area_lock === free_vmap_area_lock;
    });
    expect(locks).toEqual([true, false]);
  });

  it('stops at an unknown address before it clears a PTE', () => {
    const bench = boot(v5_4);
    bench.vmap(1);
    bench.events();
    expect(() => bench.unmap(0, 1)).toThrow(KernelBug);
    expect(bench.events()).toEqual([]);
  });
});

describe('v5.2', () => {
  it('still finds an area that is lazy', () => {
    const found = [v5_2, v5_4].map((policy) => {
      const bench = boot(policy);
      const vpn = bench.vmap(1);
      bench.run(bench.kernel.vunmap(vpn));
      const busy = [...bench.state().busy];
      return [bench.run(bench.kernel.find_vmap_area(vpn)) !== null, busy, bench.state().lazy];
    });
    expect(found).toEqual([
      [true, [], [0, 2]],
      [false, [], [0, 2]],
    ]);
  });

  it('alone refuses congruent areas that would fit below a free area it passed', () => {
    const text = [
      'vmapcheck case 1',
      'machine cpus=1 vmalloc=11 block=4 max-alloc=2',
      'task on cpu0',
      'A = get_vm_area(4)',
      'B = vmalloc(1, align=4)',
      'C = pcpu_get_vm_areas(0+1, 1+1)',
      'end',
    ].join('\n');
    expect(violators(text)).toEqual(['v5.2']);
  });
});

/** The versions on which a case violates no-spurious-failure. */
function violators(text: string): string[] {
  const { scenario } = parseCase(text);
  return [...v5Versions, v6_1]
    .filter((policy) => {
      const subject = new PolicySubject(policy.name, kernelOf(policy));
      return runScenario(subject, scenario, [noSpuriousFailure]).violations.length > 0;
    })
    .map(({ name }) => name);
}
