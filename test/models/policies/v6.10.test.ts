import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { KernelOops } from '../../../models/kernel/oops.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { Bench } from '../kernel/bench.ts';

function bench(name: string, fields: Partial<Machine> = {}): Bench {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no ${name}`);
  return new Bench(kernelOf(policy), { vmapNodes: 2, ...fields });
}

describe('purge_fragmented_block', () => {
  it.each([
    ['v6.9', ["list: a block leaves cpu0's free list without that list's lock"]],
    ['v6.10', []],
  ])("in %s, of a block of cpu0 that is in cpu1's index", (name, complaints) => {
    const one = bench(name, { vmapBbmapBits: 8 });
    const sizes = [2, 2, 2, 2, 2, 2, 2, 1];
    const regions = sizes.map((pages) => ({ vpn: one.map(pages), pages }));
    for (const { vpn, pages } of regions.slice(4)) one.unmap(vpn, pages);
    expect(one.state().blocks.slice(7)).toEqual([8, 1, 7, 0, 7, 0, 0]);
    one.events();
    one.aliases();
    expect(one.events()).toEqual([...complaints, 'flush 8-16']);
    expect(one.state().blocks.length).toBe(7);
  });
});

describe('addr_to_vb_xa', () => {
  it.each(['v6.9', 'v6.10'])('with a hole in the mask, in %s', (name) => {
    const one = bench(name, { possibleCpus: [0, 2], onlineCpus: [0, 2] });
    one.map(2);
    one.map(2);
    if (name === 'v6.9') {
      expect(() => one.map(2)).toThrow(KernelOops);
      return;
    }
    const starts = [one.map(2), one.map(2), one.map(2)];
    expect(starts).toEqual([4, 6, 8]);
    const { kernel } = one;
    const [first, second] = kernel.blockIndexes();
    const indexes = [0, 4, 8, 12].map((vpn) => kernel.addr_to_vb_xa(vpn));
    expect(indexes).toEqual([first, second, second, first]);
  });
});

describe('__get_vm_area_node', () => {
  it.each([
    ['v6.9', [false, true]],
    ['v6.10', [true]],
  ])('in %s: whether the area is bound, at each look', (name, bound) => {
    const one = bench(name);
    const { kernel } = one;
    kernel.interleaved = true;
    const run = kernel.get_vm_area(1, 0);
    const looks: boolean[] = [];
    for (let step = run.next(); !step.done; step = run.next()) {
      kernel.forEachBusy((va) => looks.push(va.vm !== null));
    }
    kernel.forEachBusy((va) => looks.push(va.vm !== null));
    expect(looks.filter((look, i) => look !== looks[i - 1])).toEqual(bound);
  });
});
