import { expect, it } from 'vitest';
import { Hardware } from '../../../models/hardware/hardware.ts';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { Kernel } from '../../../models/kernel/kernel.ts';
import { runStraight } from '../../../models/kernel/point.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { StateReader } from '../../../src/subject/kernel-state.ts';
import { callerFrames, EventLog } from '../../models/kernel/bench.ts';

function boot(): { kernel: Kernel; reader: StateReader } {
  const log = new EventLog();
  const machine = { ...DEFAULT_MACHINE, lazyMaxPages: 3 };
  const kernel = new Kernel(machine, new Hardware(machine, log), log);
  return { kernel, reader: new StateReader(kernel) };
}

it('shows areas, blocks, objects and what waits', () => {
  const { kernel, reader } = boot();
  kernel.current.cpu = 1;
  runStraight(kernel.vm_map_ram(callerFrames(2), 2));
  runStraight(kernel.vm_map_ram(callerFrames(1), 1));
  runStraight(kernel.vm_unmap_ram(0, 2));
  const vpn = runStraight(kernel.vmap(callerFrames(3), 3));
  runStraight(kernel.vmap(callerFrames(1), 1));
  runStraight(kernel.vunmap(vpn));
  expect(reader.read()).toMatchObject({
    busy: [0, 4, 0, 8, 10, 1],
    lazy: [4, 8],
    free: [LOWEST_VPN, 0, 10, HIGHEST_VPN],
    pooled: [],
    blocks: [0, 1, 2, 0, 2, 1, 1],
    vmapLazyNr: 4,
    objects: new Map([
      ['vmap_area', 6],
      ['vmap_block', 1],
      ['vm_struct', 1],
    ]),
    spareVmapAreas: 1,
    pendingWork: 1,
  });
});

it('shows a block without free pages on no list', () => {
  const { kernel, reader } = boot();
  for (let i = 0; i < 2; i++) runStraight(kernel.vm_map_ram(callerFrames(2), 2));
  expect(reader.read().blocks).toEqual([0, 0, 0, 4, 0, 0, -1]);
});

it('reads anew each time', () => {
  const { kernel, reader } = boot();
  expect(reader.read().busy).toEqual([]);
  runStraight(kernel.vmap(callerFrames(1), 1));
  expect(reader.read().busy).toEqual([0, 2, 1]);
  runStraight(kernel.vunmap(0));
  expect(reader.read().busy).toEqual([]);
});
