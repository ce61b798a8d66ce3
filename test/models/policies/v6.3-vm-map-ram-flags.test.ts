import { expect, it } from 'vitest';
import { VMAP_BLOCK, VMAP_RAM } from '../../../models/kernel/vm-flags.ts';
import { vmMapRamFlags } from '../../../models/policies/v6.3-vm-map-ram-flags.ts';
import { Bench } from '../kernel/bench.ts';
import { withoutPatch, withPatch } from './patched.ts';

it('areas of vm_map_ram are marked, blocks twice', () => {
  const flags = [withoutPatch(vmMapRamFlags), withPatch(vmMapRamFlags)].map((Base) => {
    const bench = new Bench(Base);
    bench.map(1);
    bench.map(5);
    bench.vmap(1);
    const found: number[] = [];
    bench.kernel.forEachBusy((va) => found.push(va.flags));
    return found;
  });
  expect(flags).toEqual([
    [0, 0, 0],
    [VMAP_RAM | VMAP_BLOCK, VMAP_RAM, 0],
  ]);
});

it('an area of vm_map_ram is where and as large as it was', () => {
  const [old, now] = [withoutPatch(vmMapRamFlags), withPatch(vmMapRamFlags)].map((Base) => {
    const bench = new Bench(Base);
    return [bench.map(5), bench.map(1), bench.state().busy];
  });
  expect(now).toEqual(old);
});
